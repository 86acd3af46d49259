import client from 'prom-client';
import { describe, expect, test } from 'vitest';
import { renderMetrics } from '../../src/exposition/render.ts';
import { MetricsError, MetricsManager } from '../../src/index.ts';
import { metricsText, metricValue, snapshotMetrics } from '../../src/testing.ts';
import { parseExposition } from '../exposition/parse-exposition.ts';

// Each of these happens with bare prom-client 15; the first lines of a test show it where that is
// quick to show.
describe('what prom-client gets wrong and this does not', () => {
  test('label values that look like two labels do not merge', async () => {
    const registry = new client.Registry();
    const bare = new client.Counter({
      name: 'c_total',
      help: 'c',
      labelNames: ['a', 'b'],
      registers: [registry],
    });
    const manager = new MetricsManager();
    const ours = manager.defineCounter({ name: 'c_total', help: 'c', labels: ['a', 'b'] });
    for (const labels of [
      { a: '1,b:2', b: '3' },
      { a: '1', b: '2,b:3' },
    ]) {
      bare.inc(labels);
      ours.inc(labels);
    }
    expect((await bare.get()).values).toHaveLength(1);
    expect(snapshotMetrics(manager)).toHaveLength(2);
  });

  test('a NaN does not poison a series', async () => {
    const registry = new client.Registry();
    const bare = new client.Counter({ name: 'c_total', help: 'c', registers: [registry] });
    bare.inc(Number.NaN);
    bare.inc(1);
    expect((await bare.get()).values[0]?.value).toBeNaN();

    const manager = new MetricsManager();
    const counter = manager.defineCounter({ name: 'c_total', help: 'c' });
    const gauge = manager.defineGauge({ name: 'g', help: 'g' });
    const histogram = manager.defineHistogram({ name: 'h', help: 'h' });
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 'x' as never, null as never]) {
      counter.inc({}, wrong);
      gauge.inc({}, wrong);
      gauge.dec({}, wrong);
      gauge.labels().dec(wrong);
      gauge.set({}, wrong);
      histogram.observe({}, wrong);
    }
    counter.inc({}, -1);
    counter.inc();
    gauge.inc();
    gauge.dec();
    histogram.observe({}, 2);
    const values = Object.fromEntries(
      snapshotMetrics(manager).map((series) => [series.name, series.sum ?? series.value]),
    );
    expect(values).toMatchObject({ c_total: 1, g: 0, h: 2 });
    expect(metricValue('metrics_rejected_total', { reason: 'value' }, manager)).toBe(25);
  });

  test('a label object that changes later changes nothing', async () => {
    const registry = new client.Registry();
    const bare = new client.Counter({
      name: 'c_total',
      help: 'c',
      labelNames: ['a'],
      registers: [registry],
    });
    const manager = new MetricsManager();
    const ours = manager.defineCounter({ name: 'c_total', help: 'c', labels: ['a'] });
    const labels = { a: 'one' };
    const bound = ours.labels(labels);
    bare.inc(labels);
    ours.inc(labels);
    labels.a = 'two';
    bare.inc({ a: 'two' });
    ours.inc({ a: 'two' });
    bound.inc();
    expect((await bare.get()).values.map((value) => value.labels.a)).toEqual(['two', 'two']);
    expect(snapshotMetrics(manager).map((series) => [series.labels['a'], series.value])).toEqual([
      ['one', 2],
      ['two', 1],
    ]);
  });

  test('an OpenMetrics scrape leaves the text scrape as it was', async () => {
    const registry = new client.Registry();
    new client.Counter({ name: 'c_total', help: 'c', registers: [registry] });
    registry.setContentType(client.openMetricsContentType as never);
    await registry.metrics();
    registry.setContentType(client.prometheusContentType);
    expect(await registry.metrics()).not.toContain('c_total 0');

    const manager = new MetricsManager();
    manager.defineCounter({ name: 'c_total', help: 'c' }).inc();
    const render = (format: 'text' | 'openmetrics') =>
      [...renderMetrics(manager.instruments, { format, prefix: '', defaultLabels: {} })].join('');
    const before = render('text');
    expect(render('openmetrics')).toContain('# TYPE c counter\nc_total 1');
    expect(render('text')).toBe(before);
    expect(before).toContain('# TYPE c_total counter\nc_total 1');
  });

  test('one gauge that cannot be collected costs only itself', async () => {
    const registry = new client.Registry();
    new client.Gauge({
      name: 'bad',
      help: 'b',
      registers: [registry],
      collect() {
        throw new Error('it fails');
      },
    });
    await expect(registry.metrics()).rejects.toThrow('it fails');

    const manager = new MetricsManager();
    manager.defineGauge({ name: 'good', help: 'g', collect: (gauge) => gauge.set({}, 1) });
    const broken = { sync: () => fail(), async: async () => fail() };
    const hangs = () => new Promise<void>(() => undefined);
    for (const [name, collect] of Object.entries({ ...broken, hangs })) {
      manager.defineGauge({ name, help: 'b', collect });
    }
    await manager.collect(20);
    expect(metricValue('good', {}, manager)).toBe(1);
    expect(metricValue('metrics_rejected_total', { reason: 'collect' }, manager)).toBe(3);
  });

  test('buckets that do not rise are refused', () => {
    const registers: never[] = [];
    expect(
      () => new client.Histogram({ name: 'h', help: 'h', buckets: [2, 1], registers }),
    ).not.toThrow();

    const manager = new MetricsManager();
    for (const buckets of [[2, 1], [1, 1], [], [Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
      expect(() => manager.defineHistogram({ name: 'h', help: 'h', buckets })).toThrow(
        MetricsError,
      );
    }
  });

  test('a label left out counts as empty, and with it given as empty', () => {
    const manager = new MetricsManager({ strict: true });
    const counter = manager.defineCounter({ name: 'c_total', help: 'c', labels: ['a', 'b', 'c'] });
    counter.inc({ b: 'x' });
    counter.inc({ a: '', b: 'x', c: '' });
    counter.inc({ a: undefined, b: 'x' });
    counter.inc({ a: null, b: 'x' });
    expect(snapshotMetrics(manager)).toEqual([
      { name: 'c_total', type: 'counter', labels: { b: 'x' }, value: 4 },
    ]);
  });

  test('made-up keys are counted without becoming a series each', () => {
    const manager = new MetricsManager();
    for (let i = 0; i < 10; i++) manager.trackLlm(`made-up-${i}` as 'requests');
    const rejected = snapshotMetrics(manager).filter(
      ({ name }) => name === 'metrics_rejected_total',
    );
    expect(rejected).toMatchObject([{ labels: { metric: 'llm', reason: 'label' }, value: 10 }]);
  });

  test('a label that does not exist is counted, and thrown under strict', () => {
    const manager = new MetricsManager();
    manager.trackCache('hits', { cache: 'a', caché: 'b' } as never);
    expect(metricValue('cache_hits_total', { cache: 'a' }, manager)).toBe(1);
    manager.trackCache('hits', { cache: 'a', caché: 'b' } as never);
    expect(metricValue('cache_hits_total', { cache: 'a' }, manager)).toBe(2);
    expect(metricValue('metrics_rejected_total', { reason: 'label' }, manager)).toBe(2);

    manager.configure({ strict: true });
    expect(() => manager.trackCache('hits', { caché: 'b' } as never)).toThrow(
      'cache_hits_total does not have a label "caché". Its labels: cache.',
    );
  });

  test('a summary is never made', () => {
    const manager = new MetricsManager();
    expect(manager).not.toHaveProperty('defineSummary');
    expect(metricsText(manager)).not.toContain('summary');
  });

  test('buckets are cumulative, their bounds inclusive', () => {
    const manager = new MetricsManager();
    const histogram = manager.defineHistogram({ name: 'h', help: 'h', buckets: [1, 2.5] });
    for (const value of [0.5, 1, 2.5, 3]) histogram.observe({}, value);
    expect(
      parseExposition(metricsText(manager)).map(({ labels, value }) => [labels['le'], value]),
    ).toEqual([
      ['1.0', 2],
      ['2.5', 3],
      ['+Inf', 4],
      [undefined, 7],
      [undefined, 4],
    ]);
  });
});

function fail(): never {
  throw new Error('it fails');
}
