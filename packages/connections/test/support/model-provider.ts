import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { listening, type TestServer } from './http-server.ts';

/** The words of each answer, one a chunk. */
export const words: readonly string[] = Array.from({ length: 10 }, (_, index) => `word${index} `);
/** The text of each answer. */
export const text: string = words.join('');

/** A provider on loopback that fails as the first two parts of the path say: `/run/fault/…`. */
export interface ModelProvider extends TestServer {
  /** Requests received in a run. */
  requestsOf(run: string): number;
}

const usage = { prompt_tokens: 1, completion_tokens: 10, total_tokens: 11 };
const openAiHead = { id: 'c', created: 1, model: 'm' };
const anthropicAnswer = {
  ...{ id: 'c', type: 'message', role: 'assistant', model: 'm' },
  ...{ stop_reason: 'end_turn', stop_sequence: null },
  content: [{ type: 'text', text }],
  usage: { input_tokens: 1, output_tokens: 10 },
};

function openAiAnswer(): object {
  const message = { role: 'assistant', content: text };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  return { ...openAiHead, object: 'chat.completion', choices, usage };
}

function openAiEvents(): string[] {
  const event = (delta: object, finish: string | null = null): string => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { ...openAiHead, object: 'chat.completion.chunk', choices };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  };
  const end = `${event({}, 'stop')}data: [DONE]\n\n`;
  return [...words.map((content) => event({ role: 'assistant', content })), end];
}

function anthropicEvents(): string[] {
  const event = (type: string, fields: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const message = { ...anthropicAnswer, content: [], stop_reason: null };
  const start =
    event('message_start', { message }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const [first, ...rest] = words.map((word) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } }),
  );
  const end =
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 10 },
    }) +
    event('message_stop', {});
  return [start + first, ...rest, end];
}

function refuse(response: ServerResponse, status: number, headers: object = {}): void {
  const type = { 429: 'rate_limit_error', 503: 'api_error' }[status] ?? 'overloaded_error';
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ type: 'error', error: { type, message: 'no' } }));
}

/** `once-429;retry-after=1` is a 429 with that header, and then an answer. */
function failOnce(fault: string, request: IncomingMessage, response: ServerResponse): boolean {
  const [name = '', ...headers] = decodeURIComponent(fault).split(';');
  if (!name.startsWith('once-')) return false;
  if (name === 'once-reset') request.socket.destroy();
  else {
    const fields = Object.fromEntries(headers.map((header) => header.split('=')));
    refuse(response, Number(name.slice(5)), fields);
  }
  return true;
}

/** @returns Whether the fault leaves nothing to be answered. */
function fail(fault: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault === 'no-retry') refuse(response, 429, { 'x-should-retry': 'false' });
  else if (fault === 'unavailable') refuse(response, 503);
  else if (fault === 'overloaded') refuse(response, 529);
  else if (fault === 'reset') request.socket.resetAndDestroy();
  else if (fault === 'private') response.writeHead(307, { location: 'http://10.0.0.1/' }).end();
  else if (fault === 'slow-headers') {
    request.socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    const timer = setInterval(() => request.socket.write('x'), 10);
    request.socket.on('error', () => {}).on('close', () => clearInterval(timer));
  } else if (fault === 'broken-gzip' || fault === 'bomb') {
    response.setHeader('content-encoding', 'gzip');
    response.end(fault === 'bomb' ? gzipSync(Buffer.alloc(3_000_000, ' ')) : 'not gzip');
  } else return fault === 'stall';
  return true;
}

async function answer(
  fault: string,
  isStreamed: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isAnthropic = request.url?.endsWith('/messages') === true;
  response.setHeader('content-type', isStreamed ? 'text/event-stream' : 'application/json');
  const whole = JSON.stringify(isAnthropic ? anthropicAnswer : openAiAnswer());
  const events = isAnthropic ? anthropicEvents() : openAiEvents();
  const parts = isStreamed ? events : [whole.slice(0, 40), whole.slice(40)];
  for (const [index, part] of parts.entries()) {
    if (index === (isStreamed ? 3 : 1)) {
      if (fault === 'stall-between') return;
      if (fault === 'cut') return void request.socket.destroy();
    }
    response.write(part);
    await pause(fault === 'paced' ? 20 : 1);
  }
  response.end();
}

/** @param tls - Certificate and key in PEM, for a provider behind TLS. */
export async function startModelProvider(tls?: {
  cert: string;
  key: string;
}): Promise<ModelProvider> {
  const seen = new Map<string, number>();
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { stream } = (await json(request)) as { stream?: boolean };
    const [, run = '', fault = ''] = (request.url ?? '').split('/');
    const count = (seen.get(run) ?? 0) + 1;
    seen.set(run, count);
    if (count === 1 && failOnce(fault, request, response)) return;
    if (fail(fault, request, response)) return;
    if (fault === 'slow') await pause(60);
    await answer(fault, stream === true, request, response);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void respond(request, response);
  const server = await listening(
    tls === undefined ? createServer(listener) : createTlsServer(tls, listener),
  );
  return { ...server, requestsOf: (run) => seen.get(run) ?? 0 };
}
