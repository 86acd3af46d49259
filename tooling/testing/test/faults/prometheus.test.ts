import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { promtoolRun, startPrometheus } from '../../src/index.ts';

test('Prometheus scrapes a target, evaluates rules and answers queries', async () => {
  const target = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end('# TYPE pears_total counter\npears_total{kind="ripe"} 7\n');
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const address = target.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  try {
    await using prometheus = await startPrometheus({
      targets: [`127.0.0.1:${address.port}`],
      rules: {
        'rules/fruit.yml':
          'groups: [{name: fruit, rules: [{record: "pears:double", expr: "pears_total * 2"}]}]',
      },
    });
    const value = async (query: string): Promise<number | undefined> =>
      (await prometheus.query(query))[0]?.value;
    await expect.poll(() => value('pears:double'), { timeout: 15_000 }).toBe(14);
    expect((await prometheus.query('last_over_time(pears_total[5m])'))[0]?.metric['kind']).toBe(
      'ripe',
    );
    await expect(prometheus.query('sum(')).rejects.toThrow('parse error');
  } finally {
    target.close();
  }
});

test('promtool passes good metrics and names what is wrong with bad ones', async () => {
  const good = await promtoolRun(
    ['check', 'metrics'],
    '# HELP pears_total Pears.\n# TYPE pears_total counter\npears_total 1\n',
  );
  expect(good).toEqual({ exitCode: 0, output: '' });
  const bad = await promtoolRun(['check', 'metrics'], '# TYPE pears counter\npears 1\n');
  expect(bad.exitCode).not.toBe(0);
  expect(bad.output).toContain('pears');
});
