import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { MetricsManager, type MetricsServerOptions, startMetricsServer } from '../../src/index.ts';
import { parseExposition } from '../exposition/parse-exposition.ts';

async function start(options: MetricsServerOptions): Promise<string> {
  const server = await startMetricsServer({ port: 0, ...options });
  onTestFinished(() => server.stop());
  return server.url;
}

const PROGRAM = `
import { startMetricsServer } from '@map/metrics';
async function main() {
  const server = await startMetricsServer({ port: 0, processMetrics: false });
  const page = await fetch(server.url);
  const html = await page.text();
  const file = await fetch(server.url + '/uplot.js');
  await server.stop();
  console.log(JSON.stringify({
    page: page.status,
    lines: html.includes('<polyline'),
    plots: html.includes('uplot'),
    file: file.status,
  }));
}
main();`;

/** A busy process: work, errors and hostile labels. */
function busyManager(): MetricsManager {
  const manager = new MetricsManager({ strict: true, version: '1.2.3' });
  for (let i = 0; i < 40; i++) {
    manager.trackTask('completed', {
      task_type: `t${i}`,
      status: i % 4 === 0 ? 'error' : 'success',
    });
    manager.trackAgent('operations', { agent: `a${i}`, status: 'success' }, 3);
    manager.trackHttp('requests', { route: '/x', status_code: i % 2 === 0 ? 200 : 503 });
  }
  manager.trackLlm('requests', { provider: 'p', model: 'm', status: 'success' }, 12);
  manager.trackLlm('tokens', { provider: 'p', model: '</script><b>m', type: 'prompt' }, 1234);
  manager.trackLlm('errors', { model: 'm', error_type: 'LLM_RATE_LIMITED_5001' }, 7);
  return manager;
}

test('the page is complete without JavaScript, and its figures are those of a scrape', async () => {
  const checks = { redis: () => true, queue: () => false };
  const errorUrl = (code: string) =>
    code === 'LLM_RATE_LIMITED_5001' ? 'https://docs.test/codes#"5001' : undefined;
  const url = await start({ manager: busyManager(), ready: checks, statusPage: { errorUrl } });
  const samples = parseExposition(await (await fetch(`${url}/metrics`)).text());
  const scraped = (name: string, isMeant = (_: Readonly<Record<string, string>>) => true) =>
    samples
      .filter((sample) => sample.name === name && isMeant(sample.labels))
      .reduce((sum, { value }) => sum + value, 0);
  const response = await fetch(url);
  const html = await response.text();
  const shown = (id: string) => Number(new RegExp(`id="${id}" value="([^"]*)"`).exec(html)?.[1]);
  expect({
    tasks: [shown('tasks-total'), shown('tasks-failed')],
    agents: shown('agents-total'),
    models: shown('models-total'),
    requests: [shown('requests-total'), shown('requests-failed')],
  }).toEqual({
    tasks: [
      scraped('tasks_completed_total'),
      scraped('tasks_completed_total', ({ status }) => status === 'error'),
    ],
    agents: scraped('agent_operations_total'),
    models: scraped('llm_requests_total'),
    requests: [
      scraped('http_requests_total'),
      scraped('http_requests_total', ({ status_code: code }) => code === '503'),
    ],
  });
  expect([shown('tasks-total'), shown('tasks-failed')]).toEqual([40, 10]);
  expect(html).toMatch(/<p id="health"[^>]*><strong class="fail">✗ fail/);
  expect(html).toMatch(/queue<\/th><td><strong class="fail">.*not_ok/);
  expect(html).toMatch(/redis<\/th><td><strong class="pass">/);
  expect(html).toContain('href="https://docs.test/codes#&quot;5001"');
  expect(html).not.toContain('id="settings"');
  expect(html).toContain('&lt;/script&gt;&lt;b&gt;m');
  expect(html).not.toContain('<b>m');
  expect(html).toContain('Resident memory');
});

test('settings are shown if the server has them, read again for each page', async () => {
  let value = 'one';
  const settings = () => [
    { name: 'PLAIN', value, from: 'the environment' },
    { name: 'SECRET', value: undefined, from: '<b>.env line 3' },
  ];
  const url = await start({ manager: busyManager(), statusPage: { settings } });
  expect(await (await fetch(url)).text()).toContain('<td>one</td><td>the environment</td>');
  value = 'two';
  const html = await (await fetch(url)).text();
  expect(html).toContain('<td>two</td>');
  expect(html).toContain('<td>–</td><td>&lt;b&gt;.env line 3</td>');
});

test('a page that is open does not shorten the time that a scrape covers', async () => {
  const url = await start({ manager: new MetricsManager({ strict: true }) });
  const utilization = async () => {
    const samples = parseExposition(await (await fetch(`${url}/metrics`)).text());
    return samples.find(({ name }) => name === 'nodejs_eventloop_utilization_ratio')?.value ?? 0;
  };
  await utilization();
  const mark = performance.eventLoopUtilization();
  const end = performance.now() + 1000;
  while (performance.now() < end);
  // The page is read while the loop idles: if it counted as a scrape, the busy second would be lost.
  for (let i = 0; i < 5; i++) {
    await fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const seen = await utilization();
  const { utilization: expected } = performance.eventLoopUtilization(mark);
  expect(seen).toBeGreaterThan(expected / 2);
});

test('only its own style and script apply, and nothing is asked of other hosts', async () => {
  const url = await start({ manager: busyManager() });
  const response = await fetch(url);
  const html = await response.text();
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  for (const tag of ['style', 'script']) {
    const parts = [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))];
    expect(parts).toHaveLength(1);
    const hash = createHash('sha256')
      .update(parts[0]?.[1] ?? '')
      .digest('base64');
    expect(policy).toContain(`${tag}-src 'self' 'sha256-${hash}'`);
  }
  expect(html).not.toMatch(/ (style|on\w+)="/);
  expect([...html.matchAll(/ (?:src|href)="(?!data:)([^"]*)"/g)].map(([, path]) => path)).toEqual([
    'uplot.css',
    'metrics',
    'health',
    'ready',
    'uplot.js',
  ]);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('the page has the auth of /metrics, and shows a process without metrics', async () => {
  const guarded = await start({ manager: busyManager(), auth: { token: 's3cret' } });
  expect((await fetch(guarded)).status).toBe(401);
  const headers = { authorization: 'Bearer s3cret' };
  expect(await (await fetch(guarded, { headers })).text()).toContain('Work in the last minute');
  const off = await start({ manager: new MetricsManager({ enabled: false }) });
  expect(await (await fetch(off)).text()).toContain('Metrics are disabled');
});

test('the files of the plots are those of uPlot, with the auth of the page', async () => {
  const url = await start({ manager: busyManager(), auth: { token: 's3cret' } });
  const headers = { authorization: 'Bearer s3cret' };
  const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
  for (const [extension, type] of Object.entries(types)) {
    const file = `${url}/uplot.${extension}`;
    expect((await fetch(file)).status).toBe(401);
    expect((await fetch(file, { method: 'POST', headers })).status).toBe(405);
    const head = await fetch(file, { method: 'HEAD', headers });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      ...[200, type, ''],
    ]);
    const response = await fetch(file, { headers });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toMatch(/uPlot|\.uplot/);
  }
  expect((await fetch(`${url}/uplot.map`, { headers })).status).toBe(404);
});

test.each(['cjs', 'esm'] as const)(
  'a bundle (%s) without uPlot serves the page without plots',
  async (format) => {
    const folder = await mkdtemp(join(tmpdir(), 'map-page-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const outfile = join(folder, format === 'cjs' ? 'program.cjs' : 'program.mjs');
    await build({
      stdin: { contents: PROGRAM, resolveDir: import.meta.dirname },
      conditions: ['@map/source'],
      bundle: true,
      platform: 'node',
      external: ['prom-client'],
      logOverride: { 'empty-import-meta': 'silent' },
      format,
      outfile,
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
      cwd: folder,
      env: {},
    });
    expect(JSON.parse(stdout)).toEqual({ page: 200, lines: true, plots: false, file: 404 });
  },
);

test('checks that hang do not hold the page back', async () => {
  let finish = (): void => undefined;
  const hangs = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const url = await start({ manager: busyManager(), health: { slow: () => hangs } });
  expect(await (await fetch(url)).text()).toContain('The checks have not finished yet.');
  finish();
});

test('the version is shown without a secret in it', async () => {
  const manager = new MetricsManager({ version: '1.2 of https://ann:planted@git.example.com/' });
  const html = await (await fetch(await start({ manager }))).text();
  expect(html).toContain('1.2 of https://ann:**********@git.example.com/');
  expect(html).not.toContain('planted');
});
