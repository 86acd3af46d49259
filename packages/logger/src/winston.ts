import winston from 'winston';
import type { TraceLogger } from './logger.ts';
import { provideWinston } from './winston-loader.ts';

/**
 * Sees a logger as the winston logger it is, for code that wants winston's type.
 * @param logger Any logger of this package.
 * @returns The same logger.
 * @example
 * ```ts
 * import { getLogger } from '@map/logger';
 * import { toWinston } from '@map/logger/winston';
 * import winston from 'winston';
 *
 * function useWinston(logger: winston.Logger): void {
 *   logger.log('info', 'Any winston code');
 * }
 * useWinston(toWinston(getLogger('legacy')));
 * ```
 */
export function toWinston(logger: TraceLogger): winston.Logger {
  provideWinston(winston);
  return logger as unknown as winston.Logger;
}
