import { expect, test } from 'vitest';
import { mergeFamilies, renderFamilies } from '../../src/exposition/families.ts';
import type { Family } from '../../src/exposition/family.ts';
import { parseExposition } from './parse-exposition.ts';

const family = (part: Partial<Family>): Family => ({
  name: 'm',
  help: 'h',
  type: 'gauge',
  values: [],
  ...part,
});

test('values of several processes become one, each as its aggregator says', () => {
  const of = (values: number[]) =>
    (['sum', 'min', 'max', 'average', 'first', 'omit'] as const).map((aggregator) =>
      family({
        name: aggregator,
        aggregator,
        values: values.map((value, i) => ({ value, labels: { i } })),
      }),
    );
  const merged = mergeFamilies([of([1, 10]), of([3, 20]), of([2])]);
  expect(merged.map(({ name, values }) => [name, values.map(({ value }) => value)])).toEqual([
    ['sum', [6, 30]],
    ['min', [1, 10]],
    ['max', [3, 20]],
    ['average', [2, 15]],
    ['first', [1, 10]],
  ]);
});

test('a counter keeps its name, whatever a scrape before has done to it', () => {
  const options = { prefix: '', defaultLabels: {} };
  for (const name of ['jobs_total', 'jobs']) {
    const counter = family({ name, type: 'counter', values: [{ value: 1, labels: {} }] });
    const text = [...renderFamilies([counter], { ...options, format: 'openmetrics' })].join('');
    expect(text).toBe('# HELP jobs h\n# TYPE jobs counter\njobs_total 1\n');
  }
});

test('bounds of a registry are written as ours', () => {
  const histogram = family({
    type: 'histogram',
    values: [1, 0.5, '+Inf'].map((le) => ({ value: 1, labels: { le }, metricName: 'm_bucket' })),
  });
  const options = { prefix: '', defaultLabels: {}, format: 'text' } as const;
  const [text = ''] = renderFamilies([histogram], options);
  expect(parseExposition(text).map(({ labels }) => labels['le'])).toEqual(['1.0', '0.5', '+Inf']);
});
