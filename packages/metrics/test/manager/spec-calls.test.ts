import { expect, onTestFinished, test } from 'vitest';
import {
  getMetricsManager,
  LLM_REQUEST_DURATION,
  MEMORY_OPERATION_DURATION,
  startMetricsServer,
  timedMetric,
} from '../../src/index.ts';

test('every call of the specification works and arrives in a scrape', async () => {
  const metrics = getMetricsManager();
  metrics.configure({ strict: true });
  onTestFinished(() => void metrics.configure({ strict: false }));
  metrics.trackLlm('requests', { model: 'gpt-4', provider: 'openai' });
  metrics.trackLlm('tokens', { model: 'gpt-4', provider: 'openai', type: 'prompt' }, 150);
  metrics.trackLlm('duration', { model: 'gpt-4', provider: 'openai' }, 0.5);
  metrics.trackMemory('operations', { operation_type: 'write' });
  metrics.trackMemory('size', { memory_type: 'redis' }, 1024);
  metrics.trackTask('created');
  metrics.trackTask('consumed', { dispatcher_id: 'test-dispatcher' });
  metrics.trackTask('completed', { status: 'success' });

  const searchVectors = timedMetric(MEMORY_OPERATION_DURATION, {
    operation_type: 'vector_search',
  })((query: string, topK: number) => `${query}/${topK}`);
  expect(searchVectors('q', 10)).toBe('q/10');
  const getCompletion = timedMetric(LLM_REQUEST_DURATION, { model: 'gpt-4', provider: 'openai' })(
    async (prompt: string) => prompt.length,
  );
  await expect(getCompletion('four')).resolves.toBe(4);

  const server = await startMetricsServer({ port: 0 });
  const body = await (await fetch(`${server.url}/metrics`)).text();
  await server.stop();
  const lines = body.split('\n');
  expect(lines).toContain('llm_requests_total{provider="openai",model="gpt-4"} 1');
  expect(lines).toContain('llm_tokens_total{provider="openai",model="gpt-4",type="prompt"} 150');
  expect(lines).toContain('agent_memory_operations_total{operation_type="write"} 1');
  expect(lines).toContain('agent_memory_size_bytes{memory_type="redis"} 1024');
  expect(lines).toContain('tasks_created_total 1');
  expect(lines).toContain('tasks_consumed_total{dispatcher_id="test-dispatcher"} 1');
  expect(lines).toContain('tasks_completed_total{status="success"} 1');
  expect(body).toMatch(
    /llm_request_duration_seconds_count\{provider="openai",model="gpt-4".*\} \d/,
  );
  expect(lines).toContain(
    'agent_memory_operation_duration_seconds_count{operation_type="vector_search"} 1',
  );
});
