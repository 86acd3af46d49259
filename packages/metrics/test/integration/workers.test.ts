import cluster, { type Worker as ClusterWorker } from 'node:cluster';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { fullContent } from '../../src/exposition/content.ts';
import { MetricsManager, startMetricsServer } from '../../src/index.ts';
import { gatherWorkers } from '../../src/workers/workers.ts';

const fixture = fileURLToPath(new URL('./worker-fixture.ts', import.meta.url));
const execArgv = ['--conditions=@map/source', '--no-warnings'];

/** Patient enough for a busy machine, but where a silent worker is the subject. */
async function serve(timeoutMs = 5000): Promise<{
  lines(headers?: Record<string, string>): Promise<string[]>;
  page(): Promise<string>;
}> {
  const manager = new MetricsManager({ strict: true, version: '1.2.3' });
  manager.trackTask('completed', { status: 'success', task_type: 'a"b' }, 100);
  const source = await gatherWorkers({ timeoutMs });
  const server = await startMetricsServer({ port: 0, manager, source });
  onTestFinished(async () => {
    source.stop();
    await server.stop();
  });
  return {
    lines: async (headers = {}) =>
      (await (await fetch(`${server.url}/metrics`, { headers })).text()).split('\n'),
    page: async () => (await fetch(server.url)).text(),
  };
}

test('cluster workers and the primary are one endpoint, and the dead stay counted', async () => {
  const { lines, page } = await serve();
  cluster.setupPrimary({ exec: fixture, execArgv });
  const workers: ClusterWorker[] = [];
  onTestFinished(() => {
    for (const worker of workers) worker.process.kill('SIGKILL');
  });
  for (const COUNT of [1, 2]) {
    const worker = cluster.fork({ COUNT });
    workers.push(worker);
    await once(worker, 'message');
  }
  const before = await lines();
  expect(before).toContain('tasks_completed_total{task_type="a\\"b",status="success"} 103');
  expect(before).toContain('task_duration_seconds_sum{status="success"} 3');
  expect(before).toContain('task_duration_seconds_bucket{status="success",le="1.0"} 1');
  expect(before).toContain('tasks_in_progress 3');
  expect(before.filter((line) => line.startsWith('map_build_info'))).toHaveLength(2);
  expect(before.filter((line) => line.startsWith('process_cpu_seconds_total'))).toHaveLength(1);

  expect(await page()).toContain('id="tasks-total" value="103"');

  const shown = await lines({ accept: 'application/openmetrics-text' });
  expect(shown.find((line) => line.startsWith('tasks_completed_total'))).toMatch(
    /103 # \{trace_id="trace-2"\} 2/,
  );
  expect(shown.find((line) => line.includes('status="success",le="5.0"'))).toMatch(
    /trace_id="trace-2"/,
  );

  const [first] = workers;
  first?.process.kill('SIGKILL');
  await once(first as ClusterWorker, 'exit');
  const after = await lines();
  expect(after).toContain('tasks_completed_total{task_type="a\\"b",status="success"} 103');
  expect(after).toContain('tasks_in_progress 2');
});

test('worker threads are in the same endpoint, and the ended stay counted', async () => {
  const { lines } = await serve();
  const threads = [1, 2].map((n) => new Worker(fixture, { workerData: { n }, execArgv }));
  onTestFinished(async () => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  });
  await expect
    .poll(() => lines(), { timeout: 20_000 })
    .toContain('tasks_completed_total{task_type="a\\"b",status="success"} 103');
  expect(await lines()).toContain('tasks_in_progress 3');
  await threads[0]?.terminate();
  const after = await lines();
  expect(after).toContain('tasks_completed_total{task_type="a\\"b",status="success"} 103');
  expect(after).toContain('tasks_in_progress 2');
});

test('a thread that is busy misses a scrape, keeps its counts, and is back in the next', async () => {
  const { lines } = await serve(500);
  const thread = new Worker(fixture, { workerData: { n: 5 }, execArgv });
  onTestFinished(async () => {
    await thread.terminate();
  });
  const total = 'tasks_completed_total{task_type="a\\"b",status="success"} 105';
  await expect.poll(() => lines(), { timeout: 20_000 }).toContain(total);
  thread.postMessage({ blockMs: 1500 });
  await expect.poll(() => lines()).not.toContain('tasks_in_progress 5');
  expect(await lines()).toContain(total);
  await expect.poll(() => lines(), { timeout: 10_000 }).toContain('tasks_in_progress 5');
  expect(await lines()).toContain(total);
});

test('a thread that has ended is not waited for', async () => {
  const { lines } = await serve(60_000);
  const thread = new Worker(fixture, { workerData: { n: 4 }, execArgv });
  const total = 'tasks_completed_total{task_type="a\\"b",status="success"} 104';
  await expect.poll(() => lines(), { timeout: 20_000 }).toContain(total);
  await thread.terminate();
  expect(await lines()).toContain(total);
});

test('a gauge of a worker that cannot be collected costs only itself', async () => {
  const { lines } = await serve(2000);
  const thread = new Worker(fixture, { workerData: { n: 7 }, execArgv });
  onTestFinished(async () => {
    await thread.terminate();
  });
  const rejected = 'metrics_rejected_total{metric="stuck",reason="collect"}';
  await expect
    .poll(() => lines(), { timeout: 20_000 })
    .toContain('tasks_completed_total{task_type="a\\"b",status="success"} 107');
  const shown = await lines();
  expect(shown).toContain('tasks_in_progress 7');
  expect(shown.some((line) => line.startsWith(rejected))).toBe(true);
});

test('adding up many series lets the event loop run in between', async () => {
  const manager = new MetricsManager({ maxSeries: 1e6 });
  const many = manager.defineHistogram({ name: 'many', help: 'Many', labels: ['a'] });
  for (let i = 0; i < 20_000; i++) many.observe({ a: i }, 1);
  const source = await gatherWorkers();
  onTestFinished(() => source.stop());
  let turns = 0;
  let timer = setImmediate(function turn() {
    turns++;
    timer = setImmediate(turn);
  });
  const own = { instruments: manager.instruments, families: [] };
  const { instruments } = fullContent(await source.gather(own));
  clearImmediate(timer);
  expect(instruments.map(({ series }) => series.length)).toEqual([20_000]);
  expect(turns).toBeGreaterThan(5);
});

test('of many silent workers each counts once, also one that speaks again after all', async () => {
  const { lines } = await serve(300);
  const channel = new BroadcastChannel('@map/metrics');
  let speaking = Array.from({ length: 70 }, (_, i) => `thread-fake-${i}`);
  const replies: InstanceType<typeof BroadcastChannel>[] = [];
  onTestFinished(() => {
    for (const one of [channel, ...replies]) one.close();
  });
  channel.onmessage = (event) => {
    const { id, replyTo } = (event as { data: { id: string; replyTo: string } }).data;
    const back = new BroadcastChannel(replyTo);
    replies.push(back);
    for (const worker of speaking) {
      const definition = { name: 'x_total', type: 'counter', help: 'x', labels: [] };
      const metrics = [{ definition, series: [{ values: [], value: 1 }] }];
      back.postMessage({ kind: '@map/metrics:reply', id, worker, metrics, families: [] });
    }
  };
  for (const worker of speaking) channel.postMessage({ kind: '@map/metrics:hello', worker });
  await expect.poll(() => lines()).toContain('x_total 70');
  speaking = [];
  expect(await lines()).toContain('x_total 70');
  speaking = ['thread-fake-0'];
  await lines();
  expect(await lines()).toContain('x_total 70');
});
