import { expect, test } from 'vitest';
import { keyLines, parseScrape, sumOf } from '../src/scrape.ts';

const TEXT = `# HELP tasks_completed_total Tasks.
# TYPE tasks_completed_total counter
tasks_completed_total{task_type="chunk",status="success"} 12
tasks_completed_total{task_type="edit",status="success"} 3
llm_errors_total{model="a\\"b,c=\\"d",error_type="x\\ny"} 2
llm_fallbacks_total{reason="x"} 0
process_cpu_seconds_total 0.25
`;

test('reads names, labels with escapes, and values', () => {
  const samples = parseScrape(TEXT);
  expect(samples).toHaveLength(5);
  expect(samples[2]).toMatchObject({
    name: 'llm_errors_total',
    labels: { model: 'a"b,c="d', error_type: 'x\ny' },
    value: 2,
  });
  expect(samples[4]).toMatchObject({ name: 'process_cpu_seconds_total', labels: {}, value: 0.25 });
});

test('adds up what has the labels', () => {
  const samples = parseScrape(TEXT);
  expect(sumOf(samples, 'tasks_completed_total')).toBe(15);
  expect(sumOf(samples, 'tasks_completed_total', { task_type: 'edit' })).toBe(3);
  expect(sumOf(samples, 'no_such_metric')).toBe(0);
});

test('key lines are the counters of MAP that have moved, as scraped', () => {
  expect(keyLines(parseScrape(TEXT))).toEqual([
    'tasks_completed_total{task_type="chunk",status="success"} 12',
    'tasks_completed_total{task_type="edit",status="success"} 3',
    'llm_errors_total{model="a\\"b,c=\\"d",error_type="x\\ny"} 2',
  ]);
});
