import type { CodeNote } from './code-note.ts';
import type { ErrorCode } from './error-code.ts';
import { SERVICE_NOTES } from './service-notes.ts';
import { WORK_NOTES } from './work-notes.ts';

export type { CodeNote } from './code-note.ts';

/** The notes of all built-in codes, for documentation and tools. */
export const CODE_NOTES: Readonly<Record<ErrorCode, CodeNote>> = {
  ...SERVICE_NOTES,
  ...WORK_NOTES,
};
