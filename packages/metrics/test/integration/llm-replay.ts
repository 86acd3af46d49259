import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** The response to the n-th request of a test: an object as JSON, a list as an event stream. */
export type Reply = object | readonly object[] | { readonly status: number; readonly body: object };

/** A response, or an event of a stream, that never comes. */
export const HANGS = {};

/** An event of a stream that takes 20 ms instead of being sent. */
export const PAUSE = {};

/** An event of a stream at which the connection is lost. */
export const RESET = {};

/** A loopback endpoint that replays responses of a provider, in their order; the last repeats. */
export interface Replay {
  replies: Reply[];
  /** Number of requests that have arrived. */
  received: number;
  readonly url: string;
  close(): void;
}

export async function startReplay(): Promise<Replay> {
  const replay = { replies: [] as Reply[], received: 0, url: '', close };
  const server = createServer((request, response) => {
    request.resume().on('end', async () => {
      const { replies } = replay;
      replay.received++;
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      if (reply === HANGS) return;
      if (Array.isArray(reply)) {
        const isNdjson = isLines(request);
        response.writeHead(200, {
          'content-type': isNdjson ? 'application/x-ndjson' : 'text/event-stream',
        });
        for (const event of reply as object[]) {
          if (event === HANGS) return;
          if (event === RESET) {
            await setTimeout(20);
            response.destroy();
            return;
          }
          if (event === PAUSE) {
            await setTimeout(20);
            continue;
          }
          const type = (event as { type?: string }).type;
          const text = JSON.stringify(event);
          response.write(
            isNdjson ? `${text}\n` : `${type ? `event: ${type}\n` : ''}data: ${text}\n\n`,
          );
        }
        const isOpenAi = !isNdjson && !request.url?.includes('GenerateContent');
        response.end(isOpenAi ? 'data: [DONE]\n\n' : '');
        return;
      }
      const { status = 200, body = reply } = reply as { status?: number; body?: object };
      response.writeHead(typeof status === 'number' ? status : 200, {
        'content-type': 'application/json',
      });
      response.end(JSON.stringify(typeof status === 'number' ? body : reply));
    });
  });
  function close(): void {
    server.closeAllConnections();
    server.close();
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  replay.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return replay;
}

/** Ollama, and the results of a batch of Anthropic. */
function isLines({ url: path = '' }: IncomingMessage): boolean {
  return path.startsWith('/api/') || path.endsWith('/results');
}

export const usage = (prompt_tokens: number, completion_tokens: number, more: object = {}) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  ...more,
});

export const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
});

const toolCall = {
  index: 0,
  id: 't1',
  type: 'function',
  function: { name: 'clock', arguments: '{}' },
};

export const textStream = (text: string, tokens: object = usage(100, 5)) => [
  chunk({ role: 'assistant', content: '' }),
  ...[...text].map((content) => chunk({ content })),
  chunk({}, 'stop'),
  { ...chunk({}), choices: [], usage: tokens },
];

export const toolStream = (tokens: object = usage(1_000, 50)) => [
  chunk({ role: 'assistant', tool_calls: [toolCall] }),
  chunk({}, 'tool_calls'),
  { ...chunk({}), choices: [], usage: tokens },
];

export const completion = (message: object, tokens: object = usage(100, 5)) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message } }],
  usage: tokens,
});

export const toolCompletion = (tokens: object = usage(100, 5)) =>
  completion({ content: null, tool_calls: [{ ...toolCall, index: undefined }] }, tokens);

/** A whole response of OpenAI's Responses API. */
export const response = (output: object[], tokens: readonly [number, number] = [100, 5]) => ({
  id: 'r',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output,
  usage: {
    input_tokens: tokens[0],
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: tokens[1],
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens[0] + tokens[1],
  },
});

/** The output of a response that says something. */
export const said = (text: string) => [
  {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  },
];

/** The output of a response that calls the tool. */
export const called = [
  {
    id: 'f1',
    type: 'function_call',
    call_id: 't1',
    name: 'clock',
    arguments: '{}',
    status: 'completed',
  },
];

/** The same, streamed: its start and its end. */
export const responseStream = (whole: object) => [
  { type: 'response.created', sequence_number: 0, response: { ...whole, status: 'in_progress' } },
  { type: 'response.completed', sequence_number: 1, response: whole },
];
