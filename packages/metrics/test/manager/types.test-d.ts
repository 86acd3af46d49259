import {
  getMetricsManager,
  HTTP_REQUEST_DURATION,
  LLM_REQUEST_DURATION,
  LLM_TOKENS,
  MEMORY_OPERATION_DURATION,
  MEMORY_SIZE,
  startTimer,
  timedMetric,
} from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';

const metrics = getMetricsManager();

// Right: every label optional, a counter's value optional.
metrics.trackLlm('requests', { model: 'gpt-4', provider: 'openai' });
metrics.trackLlm('tokens', { model: 'gpt-4', type: 'prompt' }, 150);
metrics.trackLlm('tokens', { model: 'gpt-4', type: 'input' }, 150);
metrics.trackLlm('duration', { model: 'gpt-4' }, 0.5);
metrics.trackTask('created');
metrics.trackMemory('size', { memory_type: 'redis' }, 1024);
metrics.trackHttp('requests', { method: 'GET', status_code: 200 });

// @ts-expect-error no such metric
metrics.trackLlm('token', { model: 'gpt-4' });
// @ts-expect-error no such label
metrics.trackLlm('requests', { modle: 'gpt-4' });
// @ts-expect-error a label of another metric
metrics.trackTask('created', { status: 'success' });
// @ts-expect-error a value of a closed set
metrics.trackLlm('tokens', { type: 'prompts' }, 150);
// @ts-expect-error a histogram needs a value
metrics.trackLlm('duration', { model: 'gpt-4' });
// @ts-expect-error a gauge needs a value
metrics.trackMemory('size', { memory_type: 'redis' });
// @ts-expect-error a value is a number
metrics.trackLlm('duration', { model: 'gpt-4' }, '0.5');
// @ts-expect-error a label is text or has one obvious text
metrics.trackCache('hits', { cache: { name: 'a' } });
// @ts-expect-error the metrics about metrics are not tracked by hand
metrics.trackSelf('series', {}, 1);

LLM_TOKENS.inc({ type: 'output' }, 3);
LLM_TOKENS.labels({ type: 'completion' }).inc();
MEMORY_SIZE.set({ memory_type: 'redis' }, 1);
HTTP_REQUEST_DURATION.labels({ route: '/' }).observe(1);
// @ts-expect-error a counter is not set
LLM_TOKENS.set({}, 3);
// @ts-expect-error a counter does not go down
LLM_TOKENS.dec();
// @ts-expect-error a gauge is not observed
MEMORY_SIZE.observe({}, 1);
// @ts-expect-error no such label
LLM_TOKENS.labels({ kind: 'completion' });

const jobs = metrics.defineCounter({ name: 'jobs_total', help: 'Jobs', labels: ['kind'] });
jobs.inc({ kind: 'a' });
// @ts-expect-error no such label
jobs.inc({ sort: 'a' });
const plain = metrics.defineCounter({ name: 'plain_total', help: 'Plain' });
plain.inc();
plain.inc({}, 2);
// @ts-expect-error it has no labels
plain.inc({ kind: 'a' });
const depth = metrics.defineGauge({
  name: 'depth',
  help: 'Depth',
  labels: ['queue'],
  collect: (gauge) => gauge.set({ queue: 'a' }, 1),
});
depth.dec({ queue: 'a' });
// @ts-expect-error buckets are numbers
metrics.defineHistogram({ name: 'h', help: 'h', buckets: ['1'] });

// A wrapped function keeps its type.
const search = timedMetric(MEMORY_OPERATION_DURATION, { operation_type: 'vector_search' })(
  (query: string, topK: number = 10): string[] => [query, String(topK)],
);
const found: string[] = search('q');
search('q', 3);
// @ts-expect-error the argument's type is kept
search(3);
// @ts-expect-error no such label
timedMetric(LLM_REQUEST_DURATION, { modle: 'gpt-4' });
// @ts-expect-error a counter is not a timing
timedMetric(LLM_TOKENS);

// And so does a decorated method.
class Store {
  readonly prefix = 'p';

  @timedMetric(MEMORY_OPERATION_DURATION, { operation_type: 'write' })
  async save(key: string, value: number): Promise<string> {
    return `${this.prefix}${key}${value}`;
  }

  @timedMetric(LLM_REQUEST_DURATION, { model: 'm' })
  async *stream(): AsyncGenerator<string> {
    yield this.prefix;
  }
}
const saved: Promise<string> = new Store().save('a', 1);
const streamed: AsyncGenerator<string> = new Store().stream();

{
  using timer = startTimer(LLM_REQUEST_DURATION, { model: 'm' });
  const seconds: number = timer.stop({ status: 'success' });
  // @ts-expect-error no such label
  timer.stop({ state: 'success' });
  void seconds;
}

const answer: Promise<{ text: string }> = observeLlm(
  { provider: 'openai', model: 'm' },
  async () => ({ text: 'a' }),
);
// @ts-expect-error a call has a model
observeLlm({ provider: 'openai' }, () => 1);

export const used: unknown[] = [found, saved, streamed, answer];
