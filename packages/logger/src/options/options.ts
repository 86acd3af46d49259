import type { RedactionPolicy } from '@map/redaction';
import type { ErrorOptions } from '../format/error-fields.ts';
import type { LogFormatter, WinstonFormat } from '../format/formatter.ts';
import type { JsonFormatter } from '../format/json-formatter.ts';
import type { LevelInput } from '../level/level.ts';
import type { Buffering } from '../output/line-buffer.ts';
import type { RotationOptions } from '../output/rotation.ts';
import type { LineStream } from '../output/standard-stream.ts';
import type { WinstonTransport } from '../output/transport-queue.ts';

/** `json` for machines, `text` for people, your own formatter, or any winston format. */
export type FormatOption = 'json' | 'text' | JsonFormatter | LogFormatter | WinstonFormat;

/** A usual set-up by name; other options override it. */
export type Preset = 'production' | 'development' | 'test';

/** How lines go to standard output or standard error. */
export interface ConsoleOptions {
  /**
   * By name, or `process.stdout` or `process.stderr` itself. A worker thread that gives the stream
   * itself writes through it, so that its lines arrive at `worker.stdout`.
   */
  readonly stream?: 'stdout' | 'stderr' | LineStream | undefined;
  readonly level?: LevelInput | undefined;
  readonly format?: FormatOption | undefined;
}

/** How lines go to a file. */
export interface FileOptions {
  /** The file; its folder is created when it is missing. */
  readonly path: string;
  readonly level?: LevelInput | undefined;
  readonly format?: FormatOption | undefined;
  readonly rotate?: RotationOptions | undefined;
}

/** The options of a set-up; each has a default. */
export interface LoggingOptions {
  /** `production`: JSON from INFO; `development`: coloured text from DEBUG; `test`: warnings only. */
  readonly preset?: Preset | undefined;
  /** The least level written; INFO when not given. */
  readonly level?: LevelInput | undefined;
  /** Levels by name or pattern: `{ 'map.agents': 'DEBUG' }` or `map.agents=DEBUG,map.*.http=OFF`. */
  readonly levels?: string | Readonly<Record<string, LevelInput>> | undefined;
  /** The format of every output without its own; `json` when not given. */
  readonly format?: FormatOption | undefined;
  /** Standard output when not given; `false` for none. */
  readonly console?: boolean | 'stdout' | 'stderr' | ConsoleOptions | undefined;
  /** A file's path, or more about it. */
  readonly file?: string | FileOptions | undefined;
  /** winston transports. */
  readonly transports?: readonly WinstonTransport[] | undefined;
  /** Fields of every line, such as the application's name and version; context and call override them. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** The level from which on lines name their caller; WARNING when not given. */
  readonly caller?: 'always' | 'never' | LevelInput | undefined;
  /**
   * Values to mask in addition to registered secrets and the usual names and tokens, process-wide: in all
   * that MAP's packages write.
   */
  readonly redact?: RedactionPolicy | undefined;
  /** Which parts of third-party errors are written; see `ErrorOptions`. */
  readonly errors?: ErrorOptions | undefined;
  /** `tick` (when not given): the lines of one turn of the event loop cost one write. */
  readonly buffering?: Buffering | undefined;
  /** Whether an exception that ends the process is logged first; true when not given. */
  readonly uncaught?: boolean | undefined;
}
