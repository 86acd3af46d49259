import { expect, test } from 'vitest';
import { curveChart } from '../../src/page/curve-chart.ts';
import { ratioChart } from '../../src/page/ratio-chart.ts';
import { growth, record } from './records.ts';

/** Places of the marks of a class, in pixels from the left. */
function marks(svg: string, name: string): number[] {
  const found = svg.matchAll(
    new RegExp(`<path class="${name}" transform="translate\\(([\\d.]+),`, 'g'),
  );
  // The first is the key.
  return [...found].map(([, x]) => Number(x)).slice(1);
}

function axisOne(svg: string): number {
  return Number(/<path class="one" d="M([\d.]+),/.exec(svg)?.[1]);
}

test('what is slower is drawn as plainly as what is faster, on either side of 1×', () => {
  const others = { fast: [9000, 2.5], slow: [1, 0.2], same: [4, 1.01, 0.9, 1.2] } as const;
  const { svg, alt } = ratioChart('Errors', [
    record({
      others: Object.fromEntries(Object.entries(others).map(([k, v]) => [k, [...v]])) as never,
    }),
  ]) ?? { svg: '', alt: '' };
  const [good, bad, same] = ['good', 'bad', 'same'].map((name) => marks(svg, name));
  expect([good?.length, bad?.length, same?.length]).toEqual([1, 1, 1]);
  expect(good?.[0]).toBeLessThan(axisOne(svg));
  expect(bad?.[0]).toBeGreaterThan(axisOne(svg));
  expect(alt).toContain('ours costs less: 1, ours costs more: 1, no clear difference: 1');
});

test('of a rate the inverse is drawn, so that left is better for everything', () => {
  const { svg } = ratioChart('Errors', [
    record({ better: 'higher', others: { other: [10, 2] } }),
  ]) ?? { svg: '' };
  expect(marks(svg, 'good')).toHaveLength(1);
  expect(svg).toContain('a rate: inverted here');
  expect(svg).toContain('ours costs 0.50× of other.');
});

test('without another contender there is nothing to draw', () => {
  expect(ratioChart('Errors', [record({})])).toBeUndefined();
  expect(curveChart([])).toBeUndefined();
});

test('a curve goes through all sizes in order, and names of contenders are escaped', () => {
  const { svg } = curveChart(growth) ?? { svg: '' };
  const xs = [...(/class="line s0" d="([^"]+)"/.exec(svg)?.[1] ?? '').matchAll(/[ML]([\d.]+),/g)];
  expect(xs).toHaveLength(3);
  expect(xs.map(([, x]) => Number(x))).toEqual(xs.map(([, x]) => Number(x)).sort((a, b) => a - b));
  expect(svg).toContain('other &lt;1&gt;');
  expect(svg).toContain('ours: 1 µs at 1, 10 µs at 10, 100 µs at 100 causes.');
});

test('charts name themselves, and have colours for dark pages', () => {
  for (const chart of [
    ratioChart('Errors', [record({ others: { other: [10, 2] } })]),
    curveChart(growth),
  ]) {
    expect(chart?.svg).toMatch(/<svg [^>]*role="img" aria-labelledby="title desc">/);
    expect(chart?.svg).toMatch(/<title id="title">\w/);
    expect(chart?.svg).toMatch(/<desc id="desc">\w/);
    expect(chart?.svg).toContain('@media (prefers-color-scheme: dark)');
    expect(chart?.svg).not.toMatch(/NaN|undefined/);
  }
});
