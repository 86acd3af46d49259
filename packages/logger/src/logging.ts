import { writeSync } from 'node:fs';
import type { ContextFields } from './context.ts';
import { JsonFormatter, type LogRecord } from './json-formatter.ts';
import { LEVELS, type LevelInput, parseLevel } from './level.ts';
import { ContextLogger, TraceLogger } from './logger.ts';
import type { RedactOptions } from './redact.ts';

/** How logging is set up. */
export interface LoggingOptions {
  /** The least level written; INFO when not given. */
  readonly level?: LevelInput;
  /** `json` (for machines, the default) or `text` (for people). */
  readonly format?: 'json' | 'text';
  /** What must never be readable in a line. */
  readonly redact?: RedactOptions;
}

/** @internal One set-up: its outputs, levels and loggers. */
export class Logging {
  level: number = LEVELS.INFO;
  readonly #formatter = new JsonFormatter();
  readonly #loggers = new Map<string, TraceLogger>();

  configure(options: LoggingOptions): void {
    this.level = options.level === undefined ? LEVELS.INFO : parseLevel(options.level, 'level');
  }

  logger(name: string): TraceLogger {
    let logger = this.#loggers.get(name);
    if (logger === undefined) {
      logger = new TraceLogger(this, name);
      this.#loggers.set(name, logger);
    }
    return logger;
  }

  contextLogger(name: string, context: ContextFields): ContextLogger {
    return new ContextLogger(this, name, context);
  }

  write(record: LogRecord): void {
    writeSync(1, `${this.#formatter.format(record)}\n`);
  }

  async close(): Promise<void> {}
}
