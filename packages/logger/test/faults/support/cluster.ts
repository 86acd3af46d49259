/** A cluster whose workers all log to the standard output they inherited. */
import cluster from 'node:cluster';
import { getLogger, setupLogging } from '../../../src/index.ts';

const WORKERS = 4;
const LINES = 5000;

if (cluster.isPrimary) {
  for (let index = 0; index < WORKERS; index += 1) cluster.fork();
} else {
  setupLogging({ caller: 'never' });
  const logger = getLogger('worker');
  let index = 0;
  const turn = (): void => {
    for (const end = index + 500; index < end; index += 1) {
      logger.info(`A line of some length ${'x'.repeat(index % 300)}`, { index });
    }
    if (index < LINES) setImmediate(turn);
    else cluster.worker?.disconnect();
  };
  turn();
}
