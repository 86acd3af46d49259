import { hostileValues } from '@map-tooling/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { cleanLabelValue } from '../../src/instruments/labels.ts';
import { metricsText, metricValue, snapshotMetrics } from '../../src/testing.ts';
import { parseExposition } from '../exposition/parse-exposition.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', ',', '=', '{', '}', 'n', '\0', '\ud800') }),
);

describe('label values', () => {
  test('any value survives a scrape and parses back, without a collision', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyText, anyText, fc.integer({ min: 0 })), { maxLength: 20 }),
        (rows) => {
          const manager = new MetricsManager({ strict: true });
          const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: ['a', 'b'] });
          const expected = new Map<string, number>();
          for (const [a, b, value] of rows) {
            counter.inc({ a, b }, value);
            const key = JSON.stringify([cleanLabelValue(a, 128), cleanLabelValue(b, 128)]);
            expected.set(key, (expected.get(key) ?? 0) + value);
          }
          const read = parseExposition(metricsText(manager)).map(
            ({ labels, value }) =>
              [JSON.stringify([labels['a'] ?? '', labels['b'] ?? '']), value] as const,
          );
          expect(read.length).toBe(expected.size);
          expect(new Map(read)).toEqual(expected);
        },
      ),
    );
  });

  test('values are well-formed and bounded, and cut between characters', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, maxLength) => {
        const clean = cleanLabelValue(text, maxLength);
        expect(clean.length).toBeLessThanOrEqual(maxLength);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean).not.toContain('\0');
        expect(cleanLabelValue(clean, maxLength)).toBe(clean);
      }),
    );
    expect(cleanLabelValue('a😀', 2)).toBe('a');
  });

  test('a number, a boolean and their texts are one series', () => {
    const manager = new MetricsManager({ strict: true });
    const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: ['a'] });
    for (const a of [200, '200', 200n, 1e21, '1e+21', true, 'true']) counter.inc({ a });
    expect(snapshotMetrics(manager).map(({ labels, value }) => [labels['a'], value])).toEqual([
      ['200', 3],
      ['1e+21', 2],
      ['true', 2],
    ]);
  });

  test.each(hostileValues())(
    '$name as a label, as all labels and as a value never throws',
    ({ value }) => {
      const manager = new MetricsManager({ exemplar: () => value as never });
      const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: ['a', 'b'] });
      const gauge = manager.defineGauge({ name: 'g', help: 'g', labels: ['a', 'b'] });
      const histogram = manager.defineHistogram({ name: 'h', help: 'h', labels: ['a', 'b'] });
      for (const labels of [{ a: value }, { b: value, a: 'x' }, value] as never[]) {
        counter.inc(labels);
        counter.inc(labels, value as never);
        gauge.set(labels, value as never);
        gauge.set(labels, 1);
        gauge.inc(labels, value as never);
        gauge.dec(labels, value as never);
        gauge.labels({ a: value } as never).dec(value as never);
        histogram.observe(labels, value as never);
        histogram.observe(labels, 1);
        counter.labels({ a: value } as never).inc(value as never);
      }
      expect(parseExposition(metricsText(manager)).length).toBeGreaterThan(0);
      for (const { value: number } of parseExposition(metricsText(manager))) {
        expect(number).not.toBeNaN();
      }
    },
  );

  test('input and output count as prompt and completion', () => {
    const manager = new MetricsManager({ strict: true });
    for (const type of ['input', 'prompt', 'input', 'output'] as const) {
      manager.trackLlm('tokens', { model: 'm', type }, 10);
    }
    expect(metricValue('llm_tokens_total', { type: 'prompt' }, manager)).toBe(30);
    expect(metricValue('llm_tokens_total', { type: 'completion' }, manager)).toBe(10);
  });
});

test('values and labels named as what every object has are like any other', () => {
  const manager = new MetricsManager({ strict: true });
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
  for (let times = 0; times < 2; times++) {
    for (const type of names) manager.trackLlm('tokens', { type: type as 'prompt' }, 5);
  }
  expect(snapshotMetrics(manager).map(({ labels, value }) => [labels['type'], value])).toEqual(
    names.map((name) => [name, 10]),
  );
  const counter = manager.defineCounter({
    name: 'c_total',
    help: 'c',
    labels: ['a', 'constructor'],
  });
  counter.inc({ a: 'x' } as never);
  counter.inc({ a: 'x', constructor: 'y' });
  counter.inc({ a: 'x' } as never);
  expect(metricValue('c_total', { a: 'x', constructor: 'y' }, manager)).toBe(1);
  expect(metricValue('c_total', { a: 'x' }, manager)).toBe(3);
  counter.inc(null as never);
  expect(metricValue('c_total', {}, manager)).toBe(4);
});

describe('the cap on series', () => {
  test('what comes beyond it is kept under other, and counted', () => {
    const manager = new MetricsManager({ strict: true, maxSeries: 3 });
    for (let i = 0; i < 10; i++) {
      for (let times = 0; times < 2; times++) {
        manager.trackLlm('requests', { provider: 'p', model: `made-up-${i}` });
      }
    }
    expect(metricValue('llm_requests_total', {}, manager)).toBe(20);
    expect(metricValue('llm_requests_total', { model: 'made-up-2' }, manager)).toBe(2);
    expect(metricValue('llm_requests_total', { model: 'made-up-3' }, manager)).toBe(0);
    expect(metricValue('llm_requests_total', { provider: 'other', model: 'other' }, manager)).toBe(
      14,
    );
    expect(
      metricValue('metrics_label_overflow_total', { metric: 'llm_requests_total' }, manager),
    ).toBe(14);
    expect(
      snapshotMetrics(manager).filter(({ name }) => name === 'llm_requests_total'),
    ).toHaveLength(4);
  });

  test('it is on by default and holds for a flood of labels', () => {
    const manager = new MetricsManager();
    for (let i = 0; i < 5000; i++) manager.trackTool('executions', { tool: `t${i}`, status: 'ok' });
    expect(
      snapshotMetrics(manager).filter(({ name }) => name === 'tool_executions_total'),
    ).toHaveLength(2001);
    expect(metricValue('tool_executions_total', {}, manager)).toBe(5000);
  });

  test('a label that is left out keeps its own series beyond the cap, also after a reset', () => {
    const manager = new MetricsManager({ strict: true, maxSeries: 2 });
    for (let times = 0; times < 2; times++) {
      manager.trackCache('hits', { cache: undefined });
      for (const cache of ['a', 'b', 'c']) manager.trackCache('hits', { cache });
      manager.trackCache('hits', { cache: undefined });
      const hits = snapshotMetrics(manager).filter(({ name }) => name === 'cache_hits_total');
      expect(hits.map(({ labels, value }) => [labels['cache'], value])).toEqual([
        [undefined, 2],
        ['a', 1],
        ['other', 2],
      ]);
      manager.reset();
    }
  });

  test('a label that really is other shares the overflow series', () => {
    const manager = new MetricsManager({ maxSeries: 1 });
    manager.trackCache('hits', { cache: 'other' });
    manager.trackCache('hits', { cache: 'a' });
    manager.trackCache('hits', { cache: 'b' });
    expect(snapshotMetrics(manager).filter(({ name }) => name === 'cache_hits_total')).toEqual([
      { name: 'cache_hits_total', type: 'counter', labels: { cache: 'other' }, value: 3 },
    ]);
  });
});
