import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { axeFindings, startChromium } from '@map-tooling/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parseExposition } from '../exposition/parse-exposition.ts';
import type { Order } from './status-page-fixture.ts';

type Browser = Awaited<ReturnType<typeof startChromium>>;
type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>;

let browser: Browser;
let child: ChildProcess;
let url = '';

beforeAll(async () => {
  child = fork(fileURLToPath(new URL('status-page-fixture.ts', import.meta.url)), {
    execArgv: ['--conditions=@map/source'],
  });
  [{ url }] = (await once(child, 'message')) as [{ url: string }];
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  child.kill();
});

async function work(times: number): Promise<void> {
  const worked = once(child, 'message');
  child.send({ work: times } satisfies Order);
  await worked;
}

/** Opens the page; `problems` are errors of its console and requests to other hosts. */
async function open(options: ContextOptions = {}) {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== url && protocol !== 'data:') problems.push(request.url());
  });
  await page.goto(url);
  return { page, problems };
}

test('a thousand series: figures of a scrape, updated, without an error or another host', async () => {
  await work(3000);
  const { page, problems } = await open();
  await work(600);
  await expect
    .poll(() => page.locator('#tasks-total').getAttribute('value'), { timeout: 20_000 })
    .toBe('3600');
  const samples = parseExposition(await (await fetch(`${url}/metrics`)).text());
  expect(samples.length).toBeGreaterThan(1000);
  const scraped = (name: string) =>
    samples.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);
  const shown = async (id: string) => Number(await page.locator(`#${id}`).getAttribute('value'));
  expect({
    tasks: await shown('tasks-total'),
    models: await shown('models-total'),
    tools: await shown('tools-total'),
    requests: await shown('requests-total'),
  }).toEqual({
    tasks: scraped('tasks_completed_total'),
    models: scraped('llm_requests_total'),
    tools: scraped('tool_executions_total'),
    requests: scraped('http_requests_total'),
  });
  expect(await page.locator('#updates').textContent()).toBe('The page updates every 5 seconds.');
  expect(await page.locator('#lines svg').count()).toBeGreaterThan(5);
  expect(await page.locator('#errors a').first().getAttribute('href')).toContain(
    'codes#LLM_RATE_LIMITED_5001',
  );
  expect(problems).toEqual([]);
});

test.each<[string, ContextOptions]>([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['on a phone', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
])('axe-core has no serious finding: %s', async (_, options) => {
  await work(100);
  const { page } = await open(options);
  await page.locator('summary').click();
  const findings = await axeFindings(page);
  expect(findings.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual(
    [],
  );
  // Wide tables scroll; the page does not.
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});

test('each point of a line can be read by mouse, by keyboard and by screen reader', async () => {
  await work(100);
  const { page } = await open();
  // The first points exist after a few seconds.
  const line = page.locator('#line-resident-memory');
  const caption = page.locator('figure', { has: line }).locator('span');
  const pointsOf = async () => ((await line.getAttribute('data-points')) ?? '').split(';');
  await expect.poll(async () => (await pointsOf()).length, { timeout: 30_000 }).toBeGreaterThan(3);
  expect(await line.getAttribute('role')).toBe('slider');

  await line.focus();
  await page.keyboard.press('Home');
  const first = (await pointsOf())[0]?.replace(/^\S+ /, '') ?? '';
  const text = await line.getAttribute('aria-valuetext');
  expect(text).toMatch(/^\d\d:\d\d:\d\d UTC: /);
  expect(text).toContain(first);
  expect(await caption.textContent()).toBe(text);
  await page.keyboard.press('ArrowRight');
  const second = await line.getAttribute('aria-valuetext');
  expect(second).not.toBe(text);
  // An update keeps the point of that time.
  const before = await line.getAttribute('data-now');
  await expect.poll(() => line.getAttribute('data-now'), { timeout: 20_000 }).not.toBe(before);
  expect(await line.getAttribute('aria-valuetext')).toBe(second);
  expect(await caption.textContent()).toBe(second);
  expect(await page.evaluate('document.activeElement.id')).toBe('line-resident-memory');
  await page.keyboard.press('Escape');
  expect(await caption.textContent()).toContain('at most');

  const other = page.locator('#line-event-loop-busy');
  await other.hover({ position: { x: 1, y: 10 } });
  const shown = page.locator('figure', { has: other }).locator('span');
  expect(await shown.textContent()).toMatch(/^\d\d:\d\d:\d\d UTC: /);
  await page.locator('h1').hover();
  expect(await shown.textContent()).toContain('at most');
});

test('settings are shown with their sources', async () => {
  const { page } = await open();
  expect(await page.locator('#settings tbody tr').allInnerTexts()).toEqual([
    'API_KEY\t***\t.env line 3',
  ]);
});

test('keyboard focus and open details survive updates', async () => {
  await work(100);
  const { page } = await open();
  await page.locator('summary').click();
  await page.locator('#errors a').first().focus();
  const id = await page.evaluate('document.activeElement.id');
  await work(50);
  const before = await page.locator('#errors').innerHTML();
  await expect
    .poll(() => page.locator('#errors').innerHTML(), { timeout: 20_000 })
    .not.toBe(before);
  expect(await page.evaluate('document.activeElement.id')).toBe(id);
  expect(await page.locator('details').getAttribute('open')).not.toBeNull();
});

test('a process that hangs for 9 seconds is reported, and again followed afterwards', async () => {
  const { page } = await open();
  const updates = page.locator('#updates');
  child.send({ blockMs: 9000 } satisfies Order);
  await expect
    .poll(() => updates.textContent(), { timeout: 20_000 })
    .toContain('has not responded');
  await expect.poll(() => updates.textContent(), { timeout: 20_000 }).toContain('every 5 seconds');
});

test('ten minutes of updates leave the memory of the browser flat', async () => {
  const { page } = await open();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const update = async (times: number): Promise<number> => {
    for (let i = 0; i < times; i++) {
      const response = page.waitForResponse(url);
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await (await response).finished();
    }
    await page.requestGC();
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
  };
  const before = await update(20);
  const after = await update(120);
  expect(after - before).toBeLessThan(2 * 2 ** 20);
});
