import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getMetricsManager } from '@map/config/metrics';
import { snapshotMetrics } from '@map/config/metrics/testing';
import { expect, onTestFinished, test } from 'vitest';
import { chunksOf, completionOf, readCompletionRequest } from '../../src/completion.ts';
import { Model } from '../../src/model.ts';
import { Tally } from '../../src/tally.ts';

/** An endpoint whose first reply fails after its usage has arrived. */
async function startLateFailure(): Promise<string> {
  let requests = 0;
  const server = createServer(async (incoming, response) => {
    const request = readCompletionRequest(await text(incoming));
    if (typeof request === 'string') throw new Error(request);
    requests += 1;
    if (request.stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const events = [...chunksOf('1', request, 'Fine.')].map(
        (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
      );
      response.write(events.join(''), () => {
        if (requests === 1) response.destroy();
        else response.end('data: [DONE]\n\n');
      });
      return;
    }
    const { choices, ...rest } = completionOf('1', request, 'Fine.');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...rest, choices: requests === 1 ? [] : choices }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

test.each([
  ['a stream that breaks', true],
  ['a reply without a message', false],
])('the tokens of %s after its usage count in the tally as in the metrics', async (_, stream) => {
  const baseURL = await startLateFailure();
  const provider = `late-${stream}`;
  const tally = new Tally(1);
  const model = new Model({
    provider: () => ({ baseURL, apiKey: 'key', maxRetries: 0 }) as never,
    metrics: getMetricsManager(),
    logger: { warning: () => undefined } as never,
    providers: [{ name: provider, model: 'small' }],
    tally,
  });
  const { signal } = new AbortController();
  const { usage } = await model.ask([{ role: 'user', content: 'Is all well?' }], stream, signal);
  expect(tally).toMatchObject({ modelCalls: 2, retries: 1 });
  expect(tally.promptTokens).toBe(2 * usage.prompt_tokens);
  expect(tally.completionTokens).toBe(2 * usage.completion_tokens);
  const counted = snapshotMetrics()
    .filter(({ name, labels }) => name === 'llm_tokens_total' && labels['provider'] === provider)
    .reduce((sum, { value }) => sum + value, 0);
  expect(counted).toBe(tally.promptTokens + tally.completionTokens);
});
