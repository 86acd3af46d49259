import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A model provider on loopback, for blocks that call one. */
export interface DocsProvider extends AsyncDisposable {
  /** Base URL, as `LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL` takes it. */
  readonly url: string;
}

const usage = { prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 };
const head = { id: 'chatcmpl-1', created: 1, model: 'gpt-4o-mini' };

/** Starts a provider that answers each chat completion with two words, streamed or whole. */
export async function startProvider(): Promise<DocsProvider> {
  const server = createServer(async (request, response) => {
    const { stream } = (await json(request)) as { stream?: boolean };
    if (!stream) {
      const message = { role: 'assistant', content: 'Hello there' };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    const event = (fields: object): void => {
      const chunk = { ...head, object: 'chat.completion.chunk', choices: [], ...fields };
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    };
    for (const content of ['Hello', ' there']) {
      event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
    }
    event({ usage });
    response.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
