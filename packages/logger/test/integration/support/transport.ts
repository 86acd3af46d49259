/** Logs to a winston transport that takes its time, then ends by an exception: `throw`, `reject`. */
import { setTimeout as sleep } from 'node:timers/promises';
import Transport from 'winston-transport';
import { getLogger, setupLogging } from '../../../src/index.ts';

const [ending, pace] = process.argv.slice(2);

class Slow extends Transport {
  override log(info: { message: string }, next: () => void): void {
    if (pace === 'dead') return;
    setTimeout(() => {
      process.stdout.write(`${info.message}\n`);
      next();
    }, 5);
  }
}

setupLogging({ console: false, transports: [new Slow()] });
for (let index = 0; index < 100; index += 1) getLogger('app').info(`line ${index}`);
if (ending === 'reject') void Promise.reject(new RangeError('the end'));
else {
  await sleep(1);
  setImmediate(() => {
    throw new RangeError('the end');
  });
}
