import cluster from 'node:cluster';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { getMetricsManager } from '@map/metrics';
import { shareMetrics } from '@map/metrics/workers';

const metrics = getMetricsManager();
const n: number = isMainThread ? Number(process.env['COUNT']) : (workerData as { n: number }).n;
metrics.configure({ exemplar: () => ({ trace_id: `trace-${n}` }) });
metrics.trackTask('completed', { status: 'success', task_type: 'a"b' }, n);
metrics.trackTask('duration', { status: 'success' }, n);
metrics.trackTask('inProgress', {}, n);
// A gauge that never gets its value must not cost the worker its answer.
metrics.defineGauge({
  name: 'stuck',
  help: 'Stuck',
  collect: () => (n === 7 ? new Promise(() => undefined) : undefined),
});
await shareMetrics();
setTimeout(() => undefined, 60_000);
if (cluster.isWorker) process.send?.('shared');
parentPort?.on('message', ({ blockMs }: { blockMs: number }) => {
  const end = performance.now() + blockMs;
  while (performance.now() < end);
});
