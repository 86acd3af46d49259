/** Logs to a winston transport of a kind, then ends: `foreign.ts <kind> <ending> <path>`. */
import winston from 'winston';
import Transport from 'winston-transport';
import { closeLogging, getLogger, setupLogging } from '../../../src/index.ts';

const [kind = 'file', ending = 'exit', path = ''] = process.argv.slice(2);
const LINES = 10_000;

class Dead extends Transport {
  override log(): void {}
}

const makers: Record<string, () => Transport> = {
  file: () => new winston.transports.File({ filename: path }),
  dead: () => new Dead(),
};

const make = makers[kind];
if (make === undefined) throw new Error(`no kind ${kind}`);
setupLogging({ console: false, caller: 'never', transports: [make()] });
const logger = getLogger('app');

function burst(from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    logger.info('A line of the usual length, with some fields: ä', { index, model: 'gpt-4' });
  }
}

if (ending === 'exit') {
  burst(0, LINES);
  process.exit(0);
} else if (ending === 'closing') {
  // Logs on while the transport is being ended.
  burst(0, LINES - 100);
  let next = LINES - 100;
  const timer = setInterval(() => {
    if (next < LINES) burst(next, next + 1);
    next += 1;
  }, 0);
  await closeLogging();
  clearInterval(timer);
  burst(Math.min(next, LINES), LINES);
} else if (ending === 'throw') {
  burst(0, LINES);
  throw new RangeError('the end');
} else {
  process.on('SIGTERM', () => void closeLogging().then(() => process.exit(0)));
  burst(0, LINES);
  process.kill(process.pid, 'SIGTERM');
  setInterval(() => {}, 1000);
}
