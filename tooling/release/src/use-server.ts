import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { freePort } from '@map-tooling/testing';
import type { Place } from './place.ts';
import { Running, until } from './running.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };

/** A model provider on loopback: one streamed answer, or none for lack of a quota. */
interface Provider extends AsyncDisposable {
  readonly url: string;
  readonly traces: (string | undefined)[];
}

async function startProvider(): Promise<Provider> {
  const chunk = { id: 'c', object: 'chat.completion.chunk', model: 'small', created: 0 };
  const traces: (string | undefined)[] = [];
  const server = createServer(async (request, response) => {
    traces.push(String(request.headers['traceparent']).split('-')[1]);
    if ((await textOf(request)).includes('Too much?')) {
      const error = { message: 'Rate limit reached', code: 'rate_limit_exceeded' };
      response.writeHead(429, { 'retry-after': '600', 'content-type': 'application/json' });
      response.end(JSON.stringify({ error }));
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    const choices = ['It ', 'is.'].map((content) => [{ index: 0, delta: { content } }]);
    for (const one of choices) {
      response.write(`data: ${JSON.stringify({ ...chunk, choices: one })}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traces,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Uses the example for Hono: routes, errors, a model's answer, the trace, metrics by route, SIGTERM. */
export async function useServer({ folder, env }: Place, command: string[]): Promise<void> {
  const [program = '', ...args] = command;
  const port = await freePort();
  await using provider = await startProvider();
  const own = {
    PORT: String(port),
    OPENAI_API_KEY: 'sk-rehearsal',
    LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL: provider.url,
  };
  using server = new Running(program, args, { cwd: folder, env: { ...env, ...own } });
  await server.prints('"Listening"');
  const url = `http://127.0.0.1:${port}`;
  await until('response', () =>
    fetch(`${url}/up`).then(
      () => true,
      () => false,
    ),
  );
  const shown = await fetch(`${url}/pears/7`, { headers });
  const text = await shown.text();
  const missing = await fetch(`${url}/pears/none`, { headers });
  const problem = (await missing.json()) as { code?: string; trace_id?: string };
  const ask = (question: string): Promise<Response> =>
    fetch(`${url}/answers`, { method: 'POST', headers, body: JSON.stringify({ question }) });
  const answer = await (await ask('Is it?')).text();
  const refused = await ask('Too much?');
  const refusal = (await refused.json()) as { code?: string };
  await server.prints('"Request completed"', 5);
  const metrics = /"metrics":"([^"]+)"/.exec(server.output)?.[1];
  const page = await (await fetch(`${metrics}/metrics`)).text();
  const facts = {
    response: shown.status === 200 && text === '{"id":"7"}',
    problem: problem.code === 'NOT_FOUND_2002' && problem.trace_id === trace,
    trace: new RegExp(`"Pear shown","trace_id":"${trace}"`).test(server.output),
    metrics: page.includes('route="/pears/:id",status_code="404"} 1'),
    answer: answer === 'It is.',
    refusal: refusal.code === 'LLM_RATE_LIMITED_5001' && refused.headers.has('retry-after'),
    'trace of model calls': provider.traces.every((id) => id === trace),
    'metrics of model calls': /^llm_requests_total{[^}]*status="success"} 1$/m.test(page),
  };
  const wrong = Object.entries(facts).filter(([, isTrue]) => !isTrue);
  if (wrong.length > 0) throw server.failure(`wrong: ${wrong.map(([name]) => name).join(', ')}`);
  await server.end();
}
