import { Writable } from 'node:stream';
import type winston from 'winston';
import { loadWinston } from '#winston';
import type { TraceLogger } from '../core/logger.ts';
import { OFF } from '../level/level.ts';
import { LoggingOptionError } from '../level/option-error.ts';

/** The levels of npm and syslog on one scale, with Python's names. */
const LEVELS = {
  off: -1,
  ...{ critical: 0, fatal: 0, emerg: 0, alert: 0, crit: 0, error: 1, warn: 2, warning: 2 },
  ...{ notice: 3, info: 3, http: 4, verbose: 5, debug: 6, silly: 7, trace: 7 },
};

type Method = (...args: never[]) => unknown;

const made = new WeakMap<TraceLogger, winston.Logger>();

/** winston, which only those who use it install. */
function load(): typeof winston {
  try {
    return loadWinston();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error;
    throw Object.assign(
      new Error('toWinston() needs the package winston. Install it: npm install winston.', {
        cause: error,
      }),
      { code: 'LOGGING_WINSTON_MISSING' },
    );
  }
}

/**
 * Makes a winston logger whose lines go to a logger of this package, for code that takes a winston
 * logger: its outputs, levels, context and redaction are those of `setupLogging`.
 * @param logger Any logger of this package.
 * @returns A real winston logger with one transport; the same one for the same logger.
 * @throws Error `LOGGING_WINSTON_MISSING` if winston is not installed.
 * @example
 * ```ts
 * import { getLogger } from '@map/logger';
 * import { toWinston } from '@map/logger/winston';
 * import type winston from 'winston';
 *
 * function useWinston(logger: winston.Logger): void {
 *   logger.log('info', 'Any winston code');
 * }
 * useWinston(toWinston(getLogger('legacy')));
 * ```
 */
export function toWinston(logger: TraceLogger): winston.Logger {
  if (typeof logger?.write !== 'function') {
    throw new LoggingOptionError('logger', logger, ['a logger of getLogger()']);
  }
  const known = made.get(logger);
  if (known !== undefined) return known;
  const { createLogger, format, transports } = load();
  // winston's own methods, whose caller is the caller of the line.
  const above: Method[] = [];
  const stream = new Writable({
    objectMode: true,
    write(info: object, _encoding, next) {
      logger.write(above, info, undefined, []);
      next();
    },
  });
  const transport = new transports.Stream({ stream });
  // winston asks the transport which levels are enabled.
  Object.defineProperty(transport, 'level', {
    get: () => (logger.namespace.level >= OFF ? 'off' : logger.level),
    set: (level: string) => {
      logger.level = level;
    },
  });
  const bridge = createLogger({
    level: 'silly',
    levels: LEVELS,
    format: format.splat(),
    transports: [transport],
  });
  const methods = bridge as unknown as Record<string, Method>;
  for (const name of [...Object.keys(LEVELS), 'log', 'write']) above.push(methods[name] as Method);
  made.set(logger, bridge);
  return bridge;
}
