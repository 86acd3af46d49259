import { expect, onTestFinished, test } from 'vitest';
import type { Completion, CompletionChunk } from '../../src/completion.ts';
import { type EndpointOptions, startEndpoint } from '../../src/endpoint.ts';
import { type Fault, NO_FAULTS } from '../../src/fault.ts';

const PROMPT = 'Summarise:\n\nA queue in Redis holds the tasks. Workers take tasks from the queue.';

async function start(options: Partial<EndpointOptions> = {}) {
  const endpoint = await startEndpoint({ models: ['small'], apiKey: 'key', ...options });
  onTestFinished(() => endpoint.close());
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${endpoint.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer key', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { endpoint, post };
}

const ask = (more: object = {}) => ({
  model: 'small',
  messages: [{ role: 'user', content: PROMPT }],
  ...more,
});

const always = (fault: Fault) => ({ ...NO_FAULTS, [fault]: 1 });

test('answers a completion with its usage and remembers the trace', async () => {
  const { endpoint, post } = await start();
  const response = await post(ask(), { traceparent: '00-aa-bb-01' });
  const completion = (await response.json()) as Completion;
  expect(completion.choices[0]?.message.content).toContain('Keywords: queue, tasks');
  expect(completion.usage.total_tokens).toBe(
    completion.usage.prompt_tokens + completion.usage.completion_tokens,
  );
  expect(endpoint).toMatchObject({ requests: 1, traceparents: ['00-aa-bb-01'] });
});

test('streams the same answer, the usage in the last event', async () => {
  const { post } = await start();
  const whole = (await (await post(ask())).json()) as Completion;
  const response = await post(ask({ stream: true, stream_options: { include_usage: true } }));
  const events = (await response.text()).split('\n\n');
  expect(events.splice(-2)).toEqual(['data: [DONE]', '']);
  const chunks = events.map((event) => JSON.parse(event.replace('data: ', '')) as CompletionChunk);
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
    whole.choices[0]?.message.content,
  );
  expect(chunks.at(-1)?.usage).toEqual(whole.usage);
});

test.each([
  ['rate_limited', 429, 'rate_limit_exceeded'],
  ['server_error', 500, null],
  ['overloaded', 529, null],
] as const)('%s is status %i', async (fault, status, code) => {
  const { endpoint, post } = await start({ faults: always(fault) });
  const response = await post(ask());
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(response.headers.get('retry-after')).toBe(status === 429 ? '1' : null);
  expect(endpoint.faults[fault]).toBe(1);
});

test.each([false, true])('cut off: the body breaks in the middle (stream: %s)', async (stream) => {
  const { post } = await start({ faults: always('cut_off') });
  const response = await post(ask({ stream }));
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
});

test('slow: it thinks as long as told, and closing does not wait for it', async () => {
  const { endpoint, post } = await start({ faults: always('slow'), slowMs: 60_000 });
  const answer = post(ask());
  while (endpoint.requests === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([endpoint.close(), expect(answer).rejects.toThrow()]);
});

test.each([
  ['not JSON', '{', {}, 400, 'The body is not JSON.'],
  ['null', 'null', {}, 400, "'model' must be a string."],
  ['no message', { model: 'small', messages: [] }, {}, 400, "'messages' must be a list"],
  ['no text', { model: 'small', messages: [null] }, {}, 400, "'messages[0].content'"],
  ['other model', ask({ model: 'big' }), {}, 404, 'The model "big" does not exist.'],
  ['wrong key', ask(), { authorization: 'Bearer no' }, 401, 'Wrong API key.'],
])('%s is refused as the real one does', async (_, body, headers, status, message) => {
  const { post } = await start();
  const response = await post(body, headers);
  expect(response.status).toBe(status);
  const { error } = (await response.json()) as { error: { message: string } };
  expect(error.message).toContain(message);
});
