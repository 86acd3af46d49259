/**
 * A program that logs: `app.ts <how it ends> <options as JSON>`, with LINES lines before its end.
 */
import { writeSync } from 'node:fs';
import {
  getLogger,
  type LoggingOptions,
  runWithContext,
  setupLogging,
} from '../../../src/index.ts';

const [ending = 'exit', options = '{}'] = process.argv.slice(2);
const lines = Number(process.env['LINES'] ?? 10_000);
const logger = getLogger('app');
setupLogging({ caller: 'never', ...(JSON.parse(options) as LoggingOptions) });

function burst(from: number, to: number): void {
  runWithContext({ trace_id: 'app' }, () => {
    for (let index = from; index < to; index += 1) {
      logger.info('A line of the usual length, with some fields', { index, model: 'gpt-4' });
    }
  });
}

if (ending === 'exit') {
  burst(0, lines);
  process.exit(0);
} else if (ending === 'late') {
  process.on('exit', () => burst(0, lines));
} else if (ending === 'natural') {
  burst(0, lines);
} else if (ending === 'throw') {
  setTimeout(() => {
    burst(0, lines);
    throw new RangeError('the end');
  }, 1);
} else if (ending === 'reject') {
  burst(0, lines);
  void Promise.reject(new RangeError('the end'));
} else if (ending === 'sigterm') {
  // Keeps logging until the signal comes, then says how many lines there were.
  let next = 0;
  const timer = setInterval(() => {
    burst(next, next + 500);
    next += 500;
    if (next === lines) process.kill(process.pid, 'SIGTERM');
  }, 1);
  process.on('SIGTERM', () => {
    clearInterval(timer);
    logger.info('terminated', { count: next });
    process.exit(0);
  });
} else if (ending === 'sigkill') {
  // After each turn of the event loop it tells its parent how many lines the system has by now.
  let next = 0;
  const turn = (): void => {
    burst(next, next + 50);
    next += 50;
    setImmediate(() => {
      writeSync(3, `${next}\n`);
      setImmediate(turn);
    });
  };
  turn();
}
