import { MASK, registerSecrets, setRedaction } from '@map/redaction';
import { expect, onTestFinished, test } from 'vitest';
import { renderMetrics } from '../../src/exposition/render.ts';
import { MetricsManager } from '../../src/index.ts';
import { checkServerOptions } from '../../src/server/options.ts';
import { metricsText, metricValue, snapshotMetrics } from '../../src/testing.ts';

const tools = (manager: MetricsManager) =>
  snapshotMetrics(manager)
    .filter(({ name }) => name === 'tool_executions_total')
    .map(({ labels, value }) => [labels['tool'], value]);

test('a secret in a label is masked, however often and in whatever order it is given', () => {
  onTestFinished(registerSecrets(['hunter-2-secret']));
  const manager = new MetricsManager({ strict: true });
  for (let times = 0; times < 2; times++) {
    manager.trackTool('executions', { tool: 'get hunter-2-secret', status: 'ok' });
    manager.trackTool('executions', { status: 'ok', tool: 'get hunter-2-secret' });
  }
  expect(tools(manager)).toEqual([[`get ${MASK}`, 4]]);
});

test.each([
  () => new MetricsManager({ prefix: 'sk-proj-NOBODYMAYSEE4711abcdef' }),
  () => checkServerOptions({ host: 'h', port: 'sk-proj-NOBODYMAYSEE4711abcdef' as never }),
])('a secret in the wrong option is masked in the error', (use) => {
  expect(use).toThrow(
    expect.objectContaining({
      name: 'MetricsError',
      message: expect.stringContaining(MASK),
      stack: expect.not.stringContaining('NOBODY'),
    }),
  );
});

test.each([
  'https://app:s3cret@db.internal/x',
  'Bearer abcdefghijklmnopqrstuvwxyz0123456789',
  'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH',
  'password=hunter2',
])('what is recognisable as a secret is masked: %s', (tool) => {
  const manager = new MetricsManager({ strict: true });
  manager.trackTool('executions', { tool });
  const text = metricsText(manager);
  expect(text).toContain(MASK);
  expect(text).not.toMatch(/s3cret|hunter2|ghijklmno/);
});

test('usual label values stay as they are', () => {
  const manager = new MetricsManager({ strict: true });
  const values = [
    'gpt-4o-2024-08-06',
    'meta-llama/Llama-3.3-70B-Instruct',
    '/users/:id',
    'LLM_RATE_LIMITED_5001',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'max_tokens',
  ];
  for (const tool of values) manager.trackTool('executions', { tool });
  expect(tools(manager).map(([tool]) => tool)).toEqual(values);
});

test('the policy of the process holds for names and patterns', () => {
  onTestFinished(setRedaction({ keys: ['customer'], patterns: [/CUST-\d+/g] }));
  const manager = new MetricsManager({ strict: true });
  const calls = manager.defineCounter({
    name: 'calls_total',
    help: 'Calls',
    labels: ['customer', 'of'],
  });
  calls.inc({ customer: 'Ann', of: 'job CUST-4711' });
  expect(snapshotMetrics(manager)[0]?.labels).toEqual({ customer: MASK, of: `job ${MASK}` });
});

test('a series whose label becomes secret later is not shown any more', () => {
  const manager = new MetricsManager({ strict: true });
  const bound = manager.metric('tool', 'executions').labels({ tool: 'open-sesame' });
  bound.inc();
  manager.trackTool('executions', { tool: 'search' });
  expect(tools(manager)).toHaveLength(2);
  onTestFinished(registerSecrets(['open-sesame']));
  expect(tools(manager)).toEqual([['search', 1]]);
  bound.inc();
  manager.trackTool('executions', { tool: 'search' });
  expect(tools(manager)).toEqual([
    ['search', 2],
    [MASK, 1],
  ]);
});

test('default labels and exemplars are masked as well', () => {
  onTestFinished(registerSecrets(['hunter-2-secret']));
  const manager = new MetricsManager({
    strict: true,
    defaultLabels: { service: 'api hunter-2-secret' },
    exemplar: () => ({ trace_id: 'hunter-2-secret' }),
  });
  manager.trackTask('created');
  expect(metricsText(manager)).toContain(`service="api ${MASK}"`);
  expect(openMetrics(manager)).toContain(` # {trace_id="${MASK}"} 1 `);
  expect(metricValue('tasks_created_total', {}, manager)).toBe(1);
});

test('an exemplar does not show what has become a secret since it was taken', () => {
  const manager = new MetricsManager({ exemplar: () => ({ trace_id: 'key-of-tomorrow' }) });
  manager.trackTask('created');
  expect(openMetrics(manager)).toContain(' # {trace_id="key-of-tomorrow"} 1 ');
  onTestFinished(registerSecrets(['key-of-tomorrow']));
  expect(openMetrics(manager)).toContain(` # {trace_id="${MASK}"} 1 `);
});

function openMetrics({ instruments }: MetricsManager): string {
  const options = { format: 'openmetrics', prefix: '', defaultLabels: {} } as const;
  return [...renderMetrics(instruments, options)].join('');
}
