// One of several processes that work for a run; `team.ts` starts and ends it.

import cluster from 'node:cluster';
import { startPlatform } from './platform.ts';
import { Tally } from './tally.ts';
import { type Command, ORDERS, type Orders, type Report } from './team.ts';
import { startCrew, workshopOf } from './workshop.ts';

/** How often it reports, in milliseconds. */
const REPORT_MS = 100;

const orders = JSON.parse(process.env[ORDERS] ?? '{}') as Orders;
const config = await startPlatform(orders.ground);
const tally = new Tally(0);
const shop = workshopOf(config, orders.run, tally);
const crew = await startCrew(shop, cluster.worker?.id ?? 1);

const send = (report: Report): void => {
  if (process.connected) process.send?.(report);
};
const reporting = setInterval(() => send({ counts: tally.take() }), REPORT_MS);
shop.logger.info('Process works', { pid: process.pid });
send({ state: 'working' });

async function end(): Promise<void> {
  clearInterval(reporting);
  await config.shutdown('end of the run');
  process.disconnect?.();
}

process.on('message', (command: Command) => {
  if (command === 'end') void end();
  else if (typeof command === 'object' && 'stopWithinMs' in command) {
    void crew.stop(command.stopWithinMs).then(() => {
      send({ counts: tally.take(), state: 'stopped' });
    });
  }
});
// Ctrl-C reaches every process of the terminal; the first one ends the others in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => void end());
