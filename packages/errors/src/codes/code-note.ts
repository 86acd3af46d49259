import type { ErrorCode } from './error-code.ts';

/** The documentation of a code: its meaning, likely causes and remedy. */
export type CodeNote = readonly [meaning: string, causes: string, remedy: string];

/** The codes of models, agents, tasks and tools. */
export type WorkCode = Extract<ErrorCode, `${'LLM' | 'AGENT' | 'TASK' | 'TOOL'}_${string}`>;
