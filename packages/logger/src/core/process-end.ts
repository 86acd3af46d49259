import { nowMs } from '../format/clock.ts';
import { errorMessage, isError } from '../format/error-fields.ts';
import type { LogEntry } from '../format/formatter.ts';
import { plainLine } from '../format/json-formatter.ts';
import { TextFormatter } from '../format/text-formatter.ts';
import type { Outputs } from '../output/outputs.ts';
import type { Watched } from '../output/process-exit.ts';
import type { SelfLog } from '../output/self-log.ts';
import type { Emitter } from './emitter.ts';
import type { TraceLogger } from './logger.ts';

/** How long the end of a process waits for a reader or a transport without progress. */
export const PATIENCE_MS = 3000;

/** The parts of a set-up that the end of the process needs. */
interface EndingParts {
  readonly emitter: Emitter;
  readonly outputs: Outputs;
  readonly selfLog: SelfLog;
  /** The logger of uncaught errors. */
  readonly root: () => TraceLogger;
  /** Flushes and ends all outputs within a limit. */
  readonly end: (timeoutMs: number) => Promise<void>;
}

/** Writes the last lines of a set-up before the process ends. */
export class ProcessEnd implements Watched {
  readonly #parts: EndingParts;
  /** Whether an exception that ends the process is logged. */
  uncaughtErrors = false;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  flushSync(): void {
    this.#parts.outputs.flushSync(PATIENCE_MS);
    this.#parts.selfLog.flushSync(PATIENCE_MS);
  }

  exit(): void {
    this.#reportTransports();
    this.flushSync();
    // Lines of exit handlers that run after ours are written at once.
    this.#parts.emitter.afterLine = () => this.flushSync();
  }

  #reportTransports(): void {
    for (const { queue } of this.#parts.outputs.transports) {
      const { load, name } = queue;
      if (load === 0) continue;
      this.#parts.selfLog.warnAgain(
        `the process ended before transport ${name} had written ${load} lines; ` +
          'await closeLogging() before process.exit()',
      );
    }
  }

  uncaught(error: unknown, origin: string): void {
    if (!this.uncaughtErrors) return;
    this.#parts.root().critical(this.#title(error, origin), { error, origin });
  }

  print(error: unknown, origin: string): void {
    const { emitter, selfLog } = this.#parts;
    const line = plainLine(emitter.formatter, {
      timeMs: nowMs(),
      level: 'CRITICAL',
      name: 'root',
      message: this.#title(error, origin),
      fields: { error },
    });
    selfLog.sink.write(`${new TextFormatter().format(JSON.parse(line) as LogEntry)}\n`);
    selfLog.flushSync(PATIENCE_MS);
  }

  #title(error: unknown, origin: string): string {
    const kind = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception';
    return `${kind}: ${isError(error) ? errorMessage(error) : this.#parts.emitter.text(error)}`;
  }

  finish(): Promise<void> | undefined {
    const { outputs, end } = this.#parts;
    if (!this.uncaughtErrors || outputs.transports.length === 0) return undefined;
    return end(PATIENCE_MS);
  }
}
