import type { LogEntry } from '../format/formatter.ts';
import { type LevelInput, parseLevel } from '../level/level.ts';
import type { CaptureOutput } from '../output/output.ts';
import { current } from './setup.ts';

/** The lines written since a capture began. */
export interface CapturedLogs {
  /** Every line as data. */
  readonly entries: readonly LogEntry[];
  /** Every line as it would have been written. */
  readonly lines: readonly string[];
  /** The first entry with this message, or with one that matches. */
  find(message: string | RegExp): LogEntry | undefined;
  /** Drops the lines captured so far. */
  clear(): void;
  /** Ends the capture: lines go where they went before. */
  stop(): void;
}

/**
 * Captures every line instead of writing it: for tests.
 * @param options `level`: the least level captured, TRACE when not given.
 * @returns What is captured, as it grows.
 * @example
 * ```ts
 * import { captureLogs, getLogger } from '@map/logger';
 *
 * const logs = captureLogs();
 * getLogger('shop').info('Sold', { price: 5 });
 * logs.stop();
 * console.log(logs.find('Sold')?.['price']); // 5
 * ```
 */
export function captureLogs(options: { readonly level?: LevelInput } = {}): CapturedLogs {
  const entries: LogEntry[] = [];
  const lines: string[] = [];
  const logging = current();
  const output: CaptureOutput = {
    kind: 'capture',
    level: parseLevel(options?.level ?? 'TRACE', 'level'),
    take(entry, line) {
      entries.push(entry);
      lines.push(line);
    },
  };
  logging.addCapture(output);
  return {
    entries,
    lines,
    find: (message) =>
      entries.find((entry) =>
        typeof message === 'string' ? entry.message === message : message.test(entry.message),
      ),
    clear() {
      entries.length = 0;
      lines.length = 0;
    },
    stop: () => logging.removeCapture(output),
  };
}
