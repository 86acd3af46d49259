/** A program that logs to `app.log` on a small disk: until it is full, beyond, and when it is not. */
import { rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeLogging, getLogger, getLoggingStats, setupLogging } from '../../../src/index.ts';

const folder = process.argv[2] ?? '';
const ballast = join(folder, 'ballast');
const logger = getLogger('disk');
let written = 0;

async function burst(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    logger.info('Filling the disk', { index: written });
    written += 1;
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

writeFileSync(ballast, Buffer.alloc(128 * 1024));
setupLogging({ console: false, file: join(folder, 'app.log'), caller: 'never' });
await burst(2000);
const [full] = getLoggingStats();
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
await burst(50_000);
globalThis.gc?.();
const grownBytes = process.memoryUsage().heapUsed - before;
rmSync(ballast);
await sleep(1100);
await burst(10);
const [back] = getLoggingStats();
await closeLogging();
writeSync(3, JSON.stringify({ written, full, back, grownBytes }));
