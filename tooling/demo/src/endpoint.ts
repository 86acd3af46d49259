import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { answer } from './answer.ts';
import {
  type CompletionRequest,
  chunksOf,
  completionOf,
  readCompletionRequest,
} from './completion.ts';
import { drawFault, type Fault, type FaultRates, NO_FAULTS } from './fault.ts';
import { fraction } from './fraction.ts';

/** How a local endpoint behaves; times are in milliseconds. */
export interface EndpointOptions {
  readonly models: readonly string[];
  /** The key that callers must present as a bearer token. */
  readonly apiKey: string;
  readonly seed?: number;
  readonly faults?: FaultRates;
  /** How long it thinks before the first token. */
  readonly latencyMs?: number;
  /** How long it thinks when it is slow. */
  readonly slowMs?: number;
}

/** A model endpoint on loopback that speaks the OpenAI chat completions protocol. */
export interface Endpoint {
  /** Base URL, without a slash at the end. */
  readonly url: string;
  readonly requests: number;
  readonly faults: Readonly<Record<Fault, number>>;
  /** The `traceparent` headers received, oldest first. */
  readonly traceparents: readonly string[];
  close(): Promise<void>;
}

interface State {
  requests: number;
  readonly options: Required<EndpointOptions>;
  readonly faults: Record<Fault, number>;
  readonly traceparents: string[];
  /** How often each body came before: a repeated request draws again. */
  readonly attempts: Map<string, number>;
}

/** Starts an endpoint on a free loopback port. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const state: State = {
    requests: 0,
    options: { seed: 0, faults: NO_FAULTS, latencyMs: 0, slowMs: 5000, ...options },
    faults: { ...NO_FAULTS },
    traceparents: [],
    attempts: new Map(),
  };
  const closing = new AbortController();
  const server = createServer((request, response) => {
    respond(state, request, response, closing.signal).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get requests() {
      return state.requests;
    },
    faults: state.faults,
    traceparents: state.traceparents,
    async close() {
      closing.abort();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const { options } = state;
  response.setHeader('x-request-id', `req_${randomUUID().replaceAll('-', '')}`);
  const path = request.url?.split('?')[0];
  if (request.headers.authorization !== `Bearer ${options.apiKey}`) {
    return fail(response, 401, 'invalid_request_error', 'invalid_api_key', 'Wrong API key.');
  }
  if (request.method === 'GET' && path === '/v1/models') {
    const data = options.models.map((id) => ({ id, object: 'model', owned_by: 'map' }));
    return send(response, 200, { object: 'list', data });
  }
  if (request.method !== 'POST' || path !== '/v1/chat/completions') {
    const message = `No such route: ${request.method} ${path}.`;
    return fail(response, 404, 'invalid_request_error', 'unknown_url', message);
  }
  const traceparent = request.headers['traceparent'];
  if (typeof traceparent === 'string') state.traceparents.push(traceparent);
  const body = await text(request);
  const completion = readCompletionRequest(body);
  if (typeof completion === 'string') {
    return fail(response, 400, 'invalid_request_error', null, completion);
  }
  if (!options.models.includes(completion.model)) {
    const message = `The model "${completion.model}" does not exist.`;
    return fail(response, 404, 'invalid_request_error', 'model_not_found', message);
  }
  await complete(state, completion, body, response, closing);
}

async function complete(
  state: State,
  request: CompletionRequest,
  body: string,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const { faults, seed, latencyMs, slowMs } = state.options;
  const name = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const attempt = (state.attempts.get(name) ?? 0) + 1;
  state.attempts.set(name, attempt);
  state.requests += 1;
  const fault = drawFault(faults, seed, `${name}:${attempt}`);
  if (fault !== undefined) state.faults[fault] += 1;
  if (fault === 'rate_limited') {
    response.setHeader('retry-after', '1');
    response.setHeader('retry-after-ms', '250');
    const message = 'Too many requests a minute. Try again in 250 ms.';
    return fail(response, 429, 'requests', 'rate_limit_exceeded', message);
  }
  if (fault === 'server_error') {
    return fail(response, 500, 'server_error', null, 'The server failed. Try again.');
  }
  if (fault === 'overloaded') {
    return fail(response, 529, 'overloaded_error', null, 'The server is overloaded.');
  }
  const thinkMs = fault === 'slow' ? slowMs : latencyMs * (0.5 + fraction(seed, name));
  await pause(thinkMs, undefined, { signal: closing });
  const reply = answer(request.messages.at(-1)?.content ?? '');
  const id = `chatcmpl-${name}`;
  if (request.stream === true) {
    await stream(response, request, id, reply, fault === 'cut_off', latencyMs / 20);
  } else if (fault === 'cut_off') {
    cutOff(response, JSON.stringify(completionOf(id, request, reply)));
  } else {
    send(response, 200, completionOf(id, request, reply));
  }
}

async function stream(
  response: ServerResponse,
  request: CompletionRequest,
  id: string,
  reply: string,
  cut: boolean,
  gapMs: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  let sent = 0;
  for (const chunk of chunksOf(id, request, reply)) {
    if (response.destroyed) return;
    if (cut && sent === 3) {
      response.destroy();
      return;
    }
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    sent += 1;
    await pause(gapMs);
  }
  response.end('data: [DONE]\n\n');
}

/** Promises the whole body, sends half of it and breaks the connection. */
function cutOff(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}

function fail(
  response: ServerResponse,
  status: number,
  type: string,
  code: string | null,
  message: string,
): void {
  send(response, status, { error: { message, type, param: null, code } });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
