import { MetricsManager, startMetricsServer } from '../../src/index.ts';

/** The requests of the test to the process. */
export type Order = { readonly blockMs: number } | { readonly work: number };

const manager = new MetricsManager({
  version: '1.2.3',
  exemplar: () => ({ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }),
});

function work(times: number): void {
  for (let i = 0; i < times; i++) {
    const model = { provider: 'provider', model: `model-${i % 3}` };
    manager.trackTask('completed', {
      task_type: `type-${i % 500}`,
      status: i % 9 ? 'success' : 'error',
    });
    manager.trackTask('duration', { task_type: 'summary', status: 'success' }, (i % 50) / 4);
    manager.trackHttp('requests', { method: 'GET', route: `/r${i % 400}`, status_code: 200 });
    manager.trackLlm('requests', { ...model, status: 'success' });
    manager.trackLlm('duration', { ...model, status: 'success' }, (i % 20) / 2);
    manager.trackLlm('tokens', { ...model, type: 'prompt' }, 900);
    manager.trackLlm('tokens', { ...model, type: 'completion' }, 120);
    manager.trackLlm('cost', model, 0.004);
    if (i % 30 === 0) manager.trackLlm('errors', { ...model, error_type: 'LLM_RATE_LIMITED_5001' });
    if (i % 30 === 0) manager.trackLlm('retries', { ...model, reason: 'LLM_RATE_LIMITED_5001' });
    manager.trackTool('executions', { tool: `<b>"${i % 100}"</b>`, status: 'success' });
  }
  manager.trackTask('inProgress', { task_type: 'summary' }, 4);
  manager.trackConnection('connections', { pool: 'main', kind: 'redis', state: 'idle' }, 3);
  manager.trackConnection('circuit', { pool: 'api', kind: 'http', server: 'https://api.test' }, 2);
}

const server = await startMetricsServer({
  port: 0,
  manager,
  ready: { redis: () => true, queue: () => false },
  statusPage: {
    settings: () => [{ name: 'API_KEY', value: '***', from: '.env line 3' }],
    errorUrl: (code) => `https://docs.test/codes#${code}`,
  },
});
process.on('message', (order: Order) => {
  if ('work' in order) {
    work(order.work);
    process.send?.({ worked: order.work });
    return;
  }
  const end = performance.now() + order.blockMs;
  while (performance.now() < end);
});
process.send?.({ url: server.url });
