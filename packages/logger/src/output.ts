import type { LevelName } from './level.ts';
import type { Sink } from './sink.ts';
import type { TransportQueue } from './transport-queue.ts';

/** A finished line as data: redacted, bounded, nothing of the caller's objects. */
export interface LogEntry {
  timestamp: string;
  level: LevelName;
  name: string;
  message: string;
  trace_id: string;
  [field: string]: unknown;
}

/** Turns an entry into the text of a line; a class of one's own or `TextFormatter`. */
export interface LogFormatter {
  format(entry: LogEntry): string;
}

/** A winston format, structurally. */
export interface WinstonFormat {
  readonly options?: unknown;
  transform(info: never, options?: never): unknown;
}

/** One of our own outputs: a sink with its level and its format. */
export interface SinkOutput {
  readonly kind: 'sink';
  readonly sink: Sink;
  /** Its own level; the logger's when undefined. */
  level: number | undefined;
  /** undefined: the JSON line as it is. */
  format: LogFormatter | WinstonFormat | undefined;
  silent: boolean;
}

/** A winston transport as an output. */
export interface TransportOutput {
  readonly kind: 'transport';
  readonly queue: TransportQueue;
  level: number | undefined;
}

/** Something that takes every entry while it is there: a test's capture. */
export interface CaptureOutput {
  readonly kind: 'capture';
  level: number | undefined;
  readonly take: (entry: LogEntry, line: string) => void;
}

export type Output = SinkOutput | TransportOutput | CaptureOutput;
