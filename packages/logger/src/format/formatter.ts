import type { LevelName } from '../level/level.ts';

/** A finished line as data: redacted, bounded, without references to the caller's objects. */
export interface LogEntry {
  timestamp: string;
  level: LevelName;
  name: string;
  message: string;
  trace_id: string;
  [field: string]: unknown;
}

/** Turns an entry into the string of a line; your own class or `TextFormatter`. */
export interface LogFormatter {
  format(entry: LogEntry): string;
}

/** A winston format, structurally. */
export interface WinstonFormat {
  readonly options?: unknown;
  transform(info: never, options?: never): unknown;
}

/** Whether something is a winston format. */
export function isWinstonFormat(value: unknown): value is WinstonFormat {
  return typeof (value as WinstonFormat | null | undefined)?.transform === 'function';
}
