import { describe, expect, test } from 'vitest';
import { renderMetrics } from '../../src/exposition/render.ts';
import {
  CATALOGUE,
  getMetricsManager,
  LLM_REQUESTS,
  LLM_TOKENS,
  MetricsManager,
} from '../../src/index.ts';
import { metricsText, metricValue, resetMetrics, snapshotMetrics } from '../../src/testing.ts';

describe('definitions', () => {
  const define = (options: object) => () =>
    new MetricsManager().defineCounter({ name: 'ok_total', help: 'h', ...options });

  test.each([
    [{ name: '1_total' }, '`name` must be letters'],
    [{ name: 'a-b_total' }, '`name` must be letters'],
    [{ name: 'jobs' }, 'must end in _total'],
    [{ help: '' }, '`help` must be a non-empty string'],
    [{ labels: ['le'] }, 'must be valid label names, got "le"'],
    [{ labels: ['__a'] }, 'must be valid label names, got "__a"'],
    [{ labels: [undefined] }, 'must be valid label names, got undefined'],
    [{ labels: [['a']] }, 'must be valid label names, got ["a"]'],
    [{ labels: ['a', 'a'] }, 'must not repeat a name'],
    [
      { name: 'llm_tokens_total' },
      'is already llm.tokens in the catalogue, a counter with labels [provider, model, type]',
    ],
  ])('%j is refused', (options, message) => {
    expect(define(options)).toThrow(message);
    expect(define(options)).toThrow(
      expect.objectContaining({ code: 'METRICS_DEFINITION_INVALID' }),
    );
  });

  test('the suffix of a name belongs to its type', () => {
    const manager = new MetricsManager();
    expect(() => manager.defineGauge({ name: 'depth_count', help: 'h' })).toThrow(
      'must not end in _total, _count, _sum or _bucket',
    );
  });

  test('a help text has no secrets, and the same definition is still the same', () => {
    const manager = new MetricsManager();
    const options = {
      name: 'polls_total',
      help: 'Polls of https://a:planted@h/ with token=planted',
    };
    const polls = manager.defineCounter(options);
    expect(manager.defineCounter(options)).toBe(polls);
    polls.inc();
    expect(metricsText(manager)).toContain(
      '# HELP polls_total Polls of https://a:**********@h/ with token=**********\n',
    );
  });

  test('the same definition again gives the same metric', async () => {
    const manager = new MetricsManager({ strict: true });
    const define = (depth: number) => ({
      jobs: manager.defineCounter({ name: 'jobs_total', help: 'Jobs', labels: ['kind'] }),
      depth: manager.defineGauge({
        name: 'depth',
        help: 'Depth',
        collect: (gauge) => gauge.set({}, depth),
      }),
      size: manager.defineHistogram({ name: 'size', help: 'Size', buckets: [1, 2] }),
      wait: manager.defineHistogram({ name: 'wait', help: 'Wait' }),
    });
    const first = define(1);
    first.jobs.inc({ kind: 'a' });
    const second = define(2);
    second.jobs.inc({ kind: 'a' });
    expect(second).toEqual(first);
    expect(second.jobs).toBe(first.jobs);
    expect(manager.defineHistogram({ name: 'wait', help: 'Wait', buckets: 'FAST' })).toBe(
      first.wait,
    );
    await manager.collect();
    expect(metricValue('jobs_total', { kind: 'a' }, manager)).toBe(2);
    expect(metricValue('depth', {}, manager)).toBe(2);
  });

  test.each([
    [{ labels: ['queue', 'kind'] }, 'got a histogram with labels [queue, kind]'],
    [{ labels: [] }, 'got a histogram with labels []'],
    [{ buckets: [1, 2, 4] }, 'buckets [1, 2, 4]'],
    [{ help: 'Other' }, 'help "Other"'],
  ])('another definition under the same name, %j, is an error that shows both', (other, got) => {
    const manager = new MetricsManager();
    const definition = { name: 'size', help: 'Size', labels: ['queue'], buckets: [1, 2] };
    manager.defineHistogram(definition);
    const again = () => manager.defineHistogram({ ...definition, ...other });
    expect(again).toThrow(
      'Metric "size" is already defined as a histogram with labels [queue], buckets [1, 2] and help "Size"',
    );
    expect(again).toThrow(got);
    expect(again).toThrow(expect.objectContaining({ code: 'METRICS_DEFINITION_INVALID' }));
    expect(() => manager.defineGauge({ name: 'size', help: 'Size', labels: ['queue'] })).toThrow(
      'got a gauge with labels [queue]',
    );
  });

  test('the catalogue itself would pass', () => {
    for (const metrics of Object.values(CATALOGUE)) {
      for (const { name, type, help, labels } of Object.values(metrics)) {
        expect(name).toMatch(type === 'counter' ? /^[a-z_]+_total$/ : /^[a-z_]+(?<!_total)$/);
        expect(help).toMatch(/^[A-Z]/);
        expect(new Set(labels).size).toBe(labels.length);
        expect(labels).not.toContain('user');
      }
    }
  });

  test('a counter without labels is 0 before its first event', async () => {
    const manager = new MetricsManager();
    manager.defineCounter({ name: 'jobs_total', help: 'Jobs' });
    await manager.collect();
    expect(metricsText(manager)).toContain('jobs_total 0');
  });
});

describe('the shared manager', () => {
  test('is one across copies of the package, and the exported handles are its own', () => {
    resetMetrics();
    const shared = getMetricsManager();
    const key = Symbol.for('@map/metrics/manager@1');
    expect(Reflect.get(globalThis, key)).toBe(shared);
    LLM_TOKENS.inc({ type: 'prompt' }, 5);
    shared.trackLlm('tokens', { type: 'prompt' }, 2);
    expect(metricValue(LLM_TOKENS, { type: 'prompt' })).toBe(7);
    expect(LLM_TOKENS).toMatchObject({ name: 'llm_tokens_total', type: 'counter' });
    resetMetrics();
    expect(metricValue(LLM_TOKENS)).toBe(0);
  });

  test('handles follow configure and reset', () => {
    resetMetrics();
    const manager = getMetricsManager();
    const bound = LLM_REQUESTS.labels({ model: 'm' });
    bound.inc();
    manager.configure({ enabled: false });
    bound.inc();
    LLM_REQUESTS.inc({ model: 'm' });
    manager.trackLlm('requests', { model: 'm' });
    manager.configure({ enabled: true });
    expect(metricValue(LLM_REQUESTS, { model: 'm' })).toBe(1);
    manager.reset();
    bound.inc();
    expect(metricValue(LLM_REQUESTS, { model: 'm' })).toBe(1);
  });
});

describe('options', () => {
  test.each([
    { prefix: '1a' },
    { prefix: 'a-' },
    { maxSeries: 0 },
    { maxLabelLength: Number.NaN },
    { defaultLabels: { 'a-b': 'c' } },
    { defaultLabels: { le: 'c' } },
    { defaultLabels: { quantile: 'c' } },
  ])('%j is refused', (options) => {
    expect(() => new MetricsManager(options)).toThrow(
      expect.objectContaining({ code: 'METRICS_OPTION_INVALID' }),
    );
  });

  test('a key that is not in the catalogue is counted, and thrown under strict', () => {
    const manager = new MetricsManager();
    const wrong = ['nothing', '__proto__', 'constructor', 'toString'] as string[] as 'requests'[];
    for (const key of wrong) manager.trackLlm(key, {}, 1);
    expect(metricValue('metrics_rejected_total', {}, manager)).toBe(4);
    manager.configure({ strict: true });
    expect(() => manager.trackLlm('nothing' as 'requests', {}, 1)).toThrow(
      'Category llm does not have a metric "nothing". Its metrics: requests, duration, errors',
    );
  });

  test('a handle of a category or key that does not exist is a coded error', () => {
    const manager = new MetricsManager();
    for (const [category, key] of [
      ['nothing', 'x'],
      ['constructor', 'x'],
      ['llm', 'x'],
    ] as const) {
      expect(() => manager.metric(category as 'llm', key as 'requests')).toThrow(
        expect.objectContaining({ code: 'METRICS_DEFINITION_INVALID' }),
      );
    }
  });

  test('a wrong value throws a clear error under strict', () => {
    const manager = new MetricsManager({ strict: true });
    expect(() => manager.trackLlm('tokens', {}, -1)).toThrow(
      'The value of llm_tokens_total must be a finite number of at least 0, got -1.',
    );
    expect(() => manager.trackLlm('duration', {}, Number.NaN)).toThrow(
      'The value of llm_request_duration_seconds must be a finite number, got NaN.',
    );
    expect(() => manager.trackCache('hits', { cache: {} as never })).toThrow(
      'Label cache of cache_hits_total must be a string, got an object. Its labels: cache.',
    );
    expect(snapshotMetrics(manager).every(({ name }) => name === 'metrics_rejected_total')).toBe(
      true,
    );
  });

  test('exemplars that fail or say too much are left out', () => {
    const sources = [
      () => ({ trace_id: 'x'.repeat(200) }),
      () => undefined,
      () => ({}),
      () => {
        throw new Error('it fails');
      },
    ];
    for (const exemplar of sources) {
      const manager = new MetricsManager({ exemplar, strict: true });
      manager.trackLlm('requests', { model: 'm' });
      const options = { format: 'openmetrics', prefix: '', defaultLabels: {} } as const;
      const body = [...renderMetrics(manager.instruments, options)].join('');
      expect(body).toMatch(/^llm_requests_total\{model="m"\} 1$/m);
    }
  });
});

test('a collector sets gauges of the catalogue before a scrape; a failing one is only counted', async () => {
  const metrics = new MetricsManager();
  let depth = 3;
  const remove = metrics.onCollect(() => metrics.trackTask('queueDepth', { queue: 'mail' }, depth));
  metrics.onCollect(() => {
    throw new Error('broken');
  });
  await metrics.collect();
  expect(metricValue('task_queue_depth', { queue: 'mail' }, metrics)).toBe(3);
  expect(metricValue('metrics_rejected_total', { reason: 'collect' }, metrics)).toBe(1);
  metrics.onCollect(async () => {
    await Promise.resolve();
    metrics.trackTask('queueDepth', { queue: 'slow' }, 9);
  });
  metrics.onCollect(async () => {
    throw new Error('broken');
  });
  metrics.onCollect(() => new Promise(() => undefined));
  await metrics.collect(50);
  expect(metricValue('task_queue_depth', { queue: 'slow' }, metrics)).toBe(9);
  expect(metricValue('metrics_rejected_total', { reason: 'collect' }, metrics)).toBe(4);
  remove();
  depth = 5;
  await metrics.collect(50);
  expect(metricValue('task_queue_depth', { queue: 'mail' }, metrics)).toBe(3);
});
