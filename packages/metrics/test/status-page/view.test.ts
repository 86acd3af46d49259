import { expect, test } from 'vitest';
import { MetricsManager } from '../../src/index.ts';
import { measure } from '../../src/status-page/figures.ts';
import { healthView } from '../../src/status-page/health-view.ts';
import { History } from '../../src/status-page/history.ts';
import { pageHtml } from '../../src/status-page/page.ts';
import { Snapshot } from '../../src/status-page/snapshot.ts';
import { makeView, type StatusView } from '../../src/status-page/view.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OWN = { loop: 0.25, rss: 2 ** 20 };

/** The view of a manager, a minute after `before` has run. */
function viewOf(
  manager: MetricsManager,
  after: () => void,
  health: string | undefined = '{"status":"pass","checks":{}}',
): StatusView {
  const history = new History();
  const snapshot = () => new Snapshot({ instruments: manager.instruments, families: [] });
  history.push(0, measure(snapshot(), OWN));
  after();
  const figures = measure(snapshot(), OWN);
  return makeView({
    snapshot: snapshot(),
    figures,
    timeline: history.with(60_000, figures),
    health: healthView(health),
    at: 60_000,
    enabled: true,
    version: '1.2.3',
    prefix: 'app_',
    errorUrl: (code) => (code === 'LLM_RATE_LIMITED_5001' ? 'https://docs.test/5001' : undefined),
  });
}

test('work has a rate, failures, a number in flight and quantiles of the last minute', () => {
  const manager = new MetricsManager({ strict: true });
  // Before the window: slow work that the quantiles must not show.
  for (let i = 0; i < 100; i++) manager.trackTask('duration', { status: 'success' }, 3000);
  manager.trackTask('completed', { task_type: 'a', status: 'success' }, 100);
  const { activities } = viewOf(manager, () => {
    manager.trackTask('completed', { task_type: 'a', status: 'success' }, 90);
    manager.trackTask('completed', { task_type: 'b', status: 'timeout' }, 20);
    manager.trackTask('completed', { task_type: 'b', status: 'cancelled' }, 10);
    manager.trackTask('inProgress', { task_type: 'a' }, 3);
    manager.trackTask('inProgress', { task_type: 'b' }, 4);
    for (let i = 0; i < 10; i++) manager.trackTask('duration', { status: 'success' }, 0.3);
    manager.trackHttp('requests', { status_code: 500 });
    manager.trackHttp('requests', { status_code: 404 });
    manager.trackTool('duration', { tool: 't', status: 'error' }, 1);
  });
  expect(activities.find(({ key }) => key === 'tasks')).toMatchObject({
    total: 220,
    failed: 20,
    inFlight: 7,
    perSecond: 2,
    p50: expect.closeTo(0.3, 10),
  });
  expect(activities.find(({ key }) => key === 'requests')).toMatchObject({ total: 2, failed: 1 });
  // The durations count work whose counter is not used.
  expect(activities.find(({ key }) => key === 'tools')).toMatchObject({ total: 1, failed: 1 });
  expect(activities.find(({ key }) => key === 'models')).toMatchObject({
    total: 0,
    p50: undefined,
  });
});

test('models, errors, events and connections', () => {
  const manager = new MetricsManager({ strict: true, exemplar: () => ({ trace_id: TRACE }) });
  const view = viewOf(manager, () => {
    manager.trackLlm('tokens', { provider: 'p', model: 'm', type: 'prompt' }, 1000);
    manager.trackLlm('tokens', { provider: 'p', model: 'm', type: 'completion' }, 20);
    manager.trackLlm('cost', { provider: 'p', model: 'm', attribution: 'a' }, 0.25);
    manager.trackLlm('errors', { model: 'm', error_type: 'LLM_RATE_LIMITED_5001' }, 2);
    manager.trackLlm('errors', { model: 'n', error_type: 'LLM_RATE_LIMITED_5001' });
    manager.trackAgent('errors', { agent: 'x', error_type: 'TypeError' });
    manager.trackLlm('fallbacks', { from_model: 'm', to_model: 'n', reason: 'r' });
    manager.trackConnection('circuit', { pool: 'api', kind: 'http', server: 's' }, 2);
    manager.trackConnection('connections', { pool: 'main', kind: 'redis', state: 'idle' }, 2);
    manager.trackConnection('connections', { pool: 'main', kind: 'redis', state: 'busy' }, 1);
    manager.trackConnection('maxConnections', { pool: 'main', kind: 'redis' }, 8);
    manager.trackConnection('pending', { pool: 'main', kind: 'redis' }, 0);
  });
  expect(view.models).toEqual([
    {
      model: 'p / m',
      prompt: 1000,
      completion: 20,
      cost: 0.25,
      promptPerMinute: 1000,
      completionPerMinute: 20,
      costPerMinute: 0.25,
    },
  ]);
  expect(view.errors).toEqual([
    {
      code: 'LLM_RATE_LIMITED_5001',
      url: 'https://docs.test/5001',
      where: 'model',
      total: 3,
      perMinute: 3,
    },
    { code: 'TypeError', url: undefined, where: 'agent', total: 1, perMinute: 1 },
  ]);
  expect(view.lastErrors.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE, TRACE]);
  expect(view.lastErrors.find(({ where }) => where === 'agent')).toMatchObject({
    code: 'TypeError',
    details: 'x',
  });
  expect(view.events).toEqual([
    { title: 'Circuit breaker', details: 'api / http / s', state: 'open', perMinute: undefined },
    { title: 'Fallback', details: 'm → n / r', state: 1, perMinute: 1 },
  ]);
  expect(view.connections).toContainEqual({
    pool: 'main',
    kind: 'redis',
    states: [
      { state: 'idle', value: 2 },
      { state: 'busy', value: 1 },
    ],
    max: 8,
    pending: 0,
    created: 0,
    operations: 0,
    errors: 0,
  });
  expect(view.charts.map(({ title }) => title)).toEqual([
    'Tokens',
    'Cost',
    'Errors',
    'Event loop busy',
    'Resident memory',
  ]);
});

test('the first moment has totals and no rates', () => {
  const manager = new MetricsManager({ strict: true });
  manager.trackTask('completed', { status: 'success' }, 5);
  const snapshot = new Snapshot({ instruments: manager.instruments, families: [] });
  const figures = measure(snapshot, OWN);
  const { activities } = makeView({
    snapshot,
    figures,
    timeline: new History().with(1000, figures),
    health: healthView(undefined),
    at: 1000,
    enabled: true,
    version: '',
    prefix: '',
  });
  expect(activities[0]).toMatchObject({ total: 5, perSecond: undefined, p95: undefined });
});

test.each([
  [undefined, 'unknown', 'The checks have not finished yet.'],
  ['{', 'unknown', 'The health report cannot be read.'],
  ['null', 'unknown', undefined],
  ['{"status":"fail","reason":"shutdown","checks":[null]}', 'fail', 'shutdown'],
])('a health report %j has the status %s', (body, status, reason) => {
  expect(healthView(body)).toMatchObject({ status, reason });
});

test('hostile text is escaped everywhere', () => {
  const evil = '"><img src=x onerror=alert(1)>';
  const manager = new MetricsManager({
    strict: true,
    version: evil,
    exemplar: () => ({ trace_id: evil }),
  });
  const health = JSON.stringify({
    status: evil,
    reason: evil,
    checks: { [evil]: { status: evil, error_type: evil } },
  });
  const view = viewOf(
    manager,
    () => {
      manager.trackLlm('tokens', { provider: evil, model: evil, type: 'prompt' }, 1);
      manager.trackLlm('errors', { model: evil, error_type: evil });
      manager.trackLlm('retries', { model: evil, reason: evil });
      manager.trackConnection('connections', { pool: evil, kind: evil, state: evil }, 1);
      manager.defineCounter({ name: 'odd_total', help: evil }).inc();
    },
    health,
  );
  const html = pageHtml({ ...view, version: evil }, true);
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img');
});

test('long tables are cut', () => {
  const manager = new MetricsManager({ strict: true });
  const view = viewOf(manager, () => {
    for (let i = 0; i < 1000; i++) {
      manager.trackLlm('errors', { model: `m${i}`, error_type: `E${i}` });
    }
  });
  const html = pageHtml(view, true);
  expect(html).toContain('980 more rows');
  expect(html.length).toBeLessThan(40_000);
});
