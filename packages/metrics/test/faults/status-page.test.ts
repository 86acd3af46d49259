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
  expect(await page.locator('#lines canvas').count()).toBeGreaterThan(5);
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

test('one time is read on all plots: by mouse, by keyboard and by screen reader', async () => {
  await work(100);
  const { page, problems } = await open();
  const memory = page.locator('#line-resident-memory-plot');
  const captionOf = (line: string) => page.locator(`#line-${line} figcaption span`);
  const attribute = async (name: string) => (await memory.getAttribute(name)) ?? '';
  // The first points exist after a few seconds.
  await expect.poll(async () => Number(await attribute('aria-valuemax'))).toBeGreaterThan(3);
  expect([await attribute('role'), await attribute('aria-label')]).toEqual([
    'slider',
    'Resident memory over the last 15 minutes',
  ]);
  await memory.focus();
  await page.keyboard.press('Home');
  const first = await attribute('aria-valuetext');
  expect(first).toMatch(/^\d\d:\d\d:\d\d UTC: [\d.,]+ MiB$/);
  expect(await captionOf('resident-memory').textContent()).toBe(first);
  await page.keyboard.press('ArrowRight');
  const second = await attribute('aria-valuetext');
  expect(second).not.toBe(first);
  expect(await captionOf('tasks').textContent()).toContain(`${second.slice(0, 8)} UTC: `);
  // An update keeps the time.
  const newest = await attribute('aria-valuemax');
  await expect.poll(() => attribute('aria-valuemax')).not.toBe(newest);
  expect(await attribute('aria-valuetext')).toBe(second);
  expect(await page.evaluate('document.activeElement.id')).toBe('line-resident-memory-plot');
  await page.keyboard.press('Escape');
  expect(await captionOf('resident-memory').textContent()).toContain('at most');

  const plot = page.locator('#line-tasks-plot .u-over');
  const { width = 0 } = (await plot.boundingBox()) ?? {};
  await plot.hover({ position: { x: width - 2, y: 10 } });
  const read = (await captionOf('tasks').textContent()) ?? '';
  expect(read).toMatch(/^\d\d:\d\d:\d\d UTC: /);
  expect(await captionOf('event-loop-busy').textContent()).toContain(read.slice(0, 12));
  await page.locator('h1').hover();
  expect(await captionOf('tasks').textContent()).toContain('at most');
  expect(problems).toEqual([]);
});

test('a range is chosen on all plots by mouse and by buttons, and survives updates', async () => {
  await work(100);
  const { page, problems } = await open();
  // Axes are drawn on a canvas: the points at the left and right edge tell the range of a plot.
  const spans = async () => {
    const ranges = (await page.evaluate(`(async () => {
      const ranges = [];
      for (const over of document.querySelectorAll('.u-over')) {
        const { left, top, width } = over.getBoundingClientRect();
        const slider = over.closest('.plot');
        const pointAt = async (x) => {
          over.dispatchEvent(new MouseEvent('mousemove', { clientX: left + x, clientY: top + 9 }));
          await new Promise((resolve) => setTimeout(resolve));
          return Number(slider.ariaValueNow);
        };
        const first = await pointAt(1);
        const last = await pointAt(width - 1);
        ranges.push(first + (last < slider.ariaValueMax - 2 ? ' to the past' : ' to now'));
        over.dispatchEvent(new MouseEvent('mouseleave'));
      }
      return ranges;
    })()`)) as string[];
    return [...new Set(ranges)];
  };
  const pointsOf = async () =>
    Number(await page.locator('#line-tasks-plot').getAttribute('aria-valuemax'));
  await expect.poll(pointsOf).toBeGreaterThan(5);
  expect(await spans()).toEqual(['0 to now']);

  // A minute
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
  const plot = page.locator('#line-tasks-plot .u-over');
  await plot.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0 } = (await plot.boundingBox()) ?? {};
  await page.mouse.move(x + width * 0.6, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.8, y + 22, { steps: 3 });
  await page.mouse.up();
  const [zoomed = '', ...others] = await spans();
  expect(others).toEqual([]);
  expect(Number(zoomed.split(' ')[0])).toBeGreaterThan(0);
  const points = await pointsOf();
  await expect.poll(pointsOf).toBeGreaterThan(points + 4);
  expect(await spans()).toEqual([zoomed.replace('now', 'the past')]);

  await page.getByRole('button', { name: 'Zoom out' }).focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press('Enter');
  expect(await spans()).toEqual(['0 to now']);
  expect(problems).toEqual([]);
});

test('without JavaScript each line is a picture with its newest and highest value', async () => {
  await work(100);
  const { page } = await open({ javaScriptEnabled: false });
  const lines = page.locator('#lines figure');
  expect(await lines.count()).toBeGreaterThan(5);
  expect(await page.locator('polyline').count()).toBe(await lines.count());
  expect(await lines.last().textContent()).toMatch(/^Resident memory\s+[\d.,]+ MiB, at most /);
  expect(await page.locator('#zoom').isVisible()).toBe(false);
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
