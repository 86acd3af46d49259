import type { LogEntry, LogFormatter, WinstonFormat } from '../format/formatter.ts';
import type { Sink } from './sink.ts';
import type { TransportQueue } from './transport-queue.ts';

/** One of the built-in outputs: a sink with its level and its format. */
export interface SinkOutput {
  readonly kind: 'sink';
  readonly sink: Sink;
  /** Its own level; the logger's when undefined. */
  readonly level: number | undefined;
  /** undefined: the JSON line as it is. */
  readonly format: LogFormatter | WinstonFormat | undefined;
}

/** A winston transport as an output. */
export interface TransportOutput {
  readonly kind: 'transport';
  readonly queue: TransportQueue;
  /** Its own level at present, which a program may change at any time. */
  readonly level: number | undefined;
}

/** A test's capture, which takes every entry while it is there. */
export interface CaptureOutput {
  readonly kind: 'capture';
  readonly level: number | undefined;
  readonly take: (entry: LogEntry, line: string) => void;
}

export type Output = SinkOutput | TransportOutput | CaptureOutput;
