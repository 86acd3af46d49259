import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, provide, ServerProcess } from '@map-tooling/testing';
import { expect, onTestFinished, test } from 'vitest';
import { MetricsManager, startMetricsServer } from '../../src/index.ts';

test('a real Prometheus scrapes with a bearer token, and not with a wrong one', async () => {
  const manager = new MetricsManager({ strict: true });
  manager.trackTask('created', { task_type: 'a' }, 5);
  const server = await startMetricsServer({ port: 0, manager, auth: { token: 's3cret' } });
  onTestFinished(() => server.stop());
  const program = await provide({ name: 'prometheus', packages: ['prometheus'] });
  const directory = await mkdtemp(join(tmpdir(), 'map-metrics-'));
  const config = join(directory, 'prometheus.yml');
  const targets = [{ targets: [`127.0.0.1:${server.port}`] }];
  const job = (name: string, credentials: string) => ({
    job_name: name,
    authorization: { credentials },
    static_configs: targets,
  });
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [job('right', 's3cret'), job('wrong', 'guess')],
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const prometheus = await ServerProcess.start({
    command: program.path,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: program.env,
    directory,
    isReady: () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  onTestFinished(() => prometheus.stop());
  const query = async (promql: string) => {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric['job'], value[1]]));
  };
  await expect.poll(() => query('up'), { timeout: 30_000 }).toEqual({ right: '1', wrong: '0' });
  await expect
    .poll(() => query('tasks_created_total'), { timeout: 10_000 })
    .toEqual({ right: '5' });
});
