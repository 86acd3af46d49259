import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { convertException } from '@map/errors';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listening, type TestServer } from '../../support/http-server.ts';
import { type OpenOptions, open } from './support/open.ts';

/** One SDK: a whole answer and a streamed one, as text. */
interface Sdk {
  readonly name: string;
  whole(fetch: typeof globalThis.fetch, baseURL: string, signal: AbortSignal): Promise<string>;
  streamed(fetch: typeof globalThis.fetch, baseURL: string, signal: AbortSignal): Promise<string>;
}

globalThis.AI_SDK_LOG_WARNINGS = false;

const apiKey = 'sk-test-of-the-loopback-provider';
const messages = [{ role: 'user' as const, content: 'Hello' }];

/** The AI SDK reports what fails in mid-stream as a part. */
async function readParts(result: {
  fullStream: AsyncIterable<{ type: string; text?: string; error?: unknown }>;
}): Promise<string> {
  let text = '';
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'abort') throw new DOMException('aborted', 'AbortError');
    if (part.type === 'text-delta') text += part.text;
  }
  return text;
}

const sdks: Sdk[] = [
  {
    name: 'openai',
    async whole(fetch, baseURL, signal) {
      const client = new OpenAI({ apiKey, baseURL, fetch, maxRetries: 0 });
      const answer = await client.chat.completions.create({ model: 'm', messages }, { signal });
      return answer.choices[0]?.message.content ?? '';
    },
    async streamed(fetch, baseURL, signal) {
      const client = new OpenAI({ apiKey, baseURL, fetch, maxRetries: 0 });
      const stream = await client.chat.completions.create(
        { model: 'm', messages, stream: true },
        { signal },
      );
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  },
  {
    name: 'anthropic',
    async whole(fetch, baseURL, signal) {
      const client = new Anthropic({
        apiKey,
        baseURL: baseURL.replace('/v1', ''),
        fetch,
        maxRetries: 0,
      });
      const answer = await client.messages.create(
        { model: 'm', messages, max_tokens: 9 },
        { signal },
      );
      const [block] = answer.content;
      return block?.type === 'text' ? block.text : '';
    },
    async streamed(fetch, baseURL, signal) {
      const client = new Anthropic({
        apiKey,
        baseURL: baseURL.replace('/v1', ''),
        fetch,
        maxRetries: 0,
      });
      const stream = await client.messages.create(
        { model: 'm', messages, max_tokens: 9, stream: true },
        { signal },
      );
      let text = '';
      for await (const event of stream) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text;
      }
      return text;
    },
  },
  {
    name: 'ai with openai',
    async whole(fetch, baseURL, abortSignal) {
      const model = createOpenAI({ apiKey, baseURL, fetch }).chat('m');
      return (await generateText({ model, prompt: 'Hello', maxRetries: 0, abortSignal })).text;
    },
    async streamed(fetch, baseURL, abortSignal) {
      const model = createOpenAI({ apiKey, baseURL, fetch }).chat('m');
      return await readParts(
        streamText({ model, prompt: 'Hello', maxRetries: 0, abortSignal, onError: () => {} }),
      );
    },
  },
  {
    name: 'ai with anthropic',
    async whole(fetch, baseURL, abortSignal) {
      const model = createAnthropic({ apiKey, baseURL, fetch })('m');
      return (await generateText({ model, prompt: 'Hello', maxRetries: 0, abortSignal })).text;
    },
    async streamed(fetch, baseURL, abortSignal) {
      const model = createAnthropic({ apiKey, baseURL, fetch })('m');
      return await readParts(
        streamText({ model, prompt: 'Hello', maxRetries: 0, abortSignal, onError: () => {} }),
      );
    },
  },
];

const words = Array.from({ length: 10 }, (_, index) => `word${index} `);

function openAiAnswer(): object {
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: words.join('') } },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 10, total_tokens: 11 },
  };
}

function anthropicAnswer(): object {
  return {
    id: 'c',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'end_turn',
    stop_sequence: null,
    content: [{ type: 'text', text: words.join('') }],
    usage: { input_tokens: 1, output_tokens: 10 },
  };
}

function openAiEvents(): string[] {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return [
    ...words.map((content) => chunk({ role: 'assistant', content })),
    `${chunk({}, 'stop')}data: [DONE]\n\n`,
  ];
}

function anthropicEvents(): string[] {
  const event = (type: string, fields: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const start =
    event('message_start', { message: { ...anthropicAnswer(), content: [], stop_reason: null } }) +
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  const deltas = words.map((text) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  );
  const end =
    event('content_block_stop', { index: 0 }) +
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 10 },
    }) +
    event('message_stop', {});
  return [start + deltas[0], ...deltas.slice(1), end];
}

let server: TestServer;
const seen = new Map<string, number>();

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const [, run = '', fault = ''] = (request.url ?? '').split('/');
  const count = (seen.get(run) ?? 0) + 1;
  seen.set(run, count);
  const isAnthropic = request.url?.endsWith('/messages') === true;
  const isStreamed = (JSON.parse(body) as { stream?: boolean }).stream === true;
  const refuse = (status: number, headers: Record<string, string> = {}): void => {
    const type = status === 429 ? 'rate_limit_error' : 'overloaded_error';
    const error = { type, message: 'no' };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ type: 'error', error }));
  };
  if (count === 1) {
    if (fault === 'once-429') return refuse(429, { 'retry-after-ms': '20' });
    if (fault === 'once-503') return refuse(503);
    if (fault === 'once-529') return refuse(529);
    if (fault === 'once-reset') return void request.socket.destroy();
  }
  if (fault === 'no-retry') return refuse(429, { 'x-should-retry': 'false' });
  if (fault === 'overloaded') return refuse(529);
  if (fault === 'reset') return void request.socket.resetAndDestroy();
  if (fault === 'stall') return;
  if (fault === 'private')
    return void response.writeHead(307, { location: 'http://10.0.0.1/' }).end();
  if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, 60));
  response.setHeader('content-type', isStreamed ? 'text/event-stream' : 'application/json');
  if (fault === 'broken-gzip' || fault === 'bomb') {
    response.setHeader('content-encoding', 'gzip');
    response.end(fault === 'bomb' ? gzipSync(Buffer.alloc(3_000_000, ' ')) : 'not gzip');
    return;
  }
  const answer = isAnthropic ? anthropicAnswer() : openAiAnswer();
  const events = isAnthropic ? anthropicEvents() : openAiEvents();
  const parts = isStreamed
    ? events
    : [JSON.stringify(answer).slice(0, 40), JSON.stringify(answer).slice(40)];
  for (const [index, part] of parts.entries()) {
    if (index === (isStreamed ? 3 : 1)) {
      if (fault === 'stall-between') return;
      if (fault === 'cut') return void request.socket.destroy();
    }
    response.write(part);
    await new Promise((resolve) => setTimeout(resolve, fault === 'paced' ? 10 : 1));
  }
  response.end();
}

beforeAll(async () => {
  server = await listening(createServer((request, response) => void respond(request, response)));
});
afterAll(() => server[Symbol.asyncDispose]());

let runs = 0;

interface Result {
  readonly text?: string;
  readonly code?: string;
  readonly requests: number;
}

async function run(
  sdk: Sdk,
  mode: 'whole' | 'streamed',
  fault: string,
  options: OpenOptions = {},
  base = server.url,
  signal = new AbortController().signal,
): Promise<Result> {
  runs += 1;
  const name = `run${runs}`;
  await using web = open({ origin: 'llm', retries: 2, idleTimeoutMs: 150, ...options });
  let result: Omit<Result, 'requests'>;
  try {
    result = { text: await sdk[mode](web.fetch, `${base}/${name}/${fault}/v1`, signal) };
  } catch (error) {
    result = { code: convertException(error, { origin: 'llm' }).code };
  }
  expect([sdk.name, mode, fault, web.pending()]).toEqual([sdk.name, mode, fault, 0]);
  return { ...result, requests: seen.get(name) ?? 0 };
}

const text = words.join('');
const modes = ['whole', 'streamed'] as const;

test('each SDK gets its answer, whole and streamed, also after refusals', async () => {
  for (const sdk of sdks) {
    for (const mode of modes) {
      for (const [fault, requests] of [
        ['ok', 1],
        ['slow', 1],
        ['once-429', 2],
        ['once-503', 2],
        ['once-529', 2],
        ['once-reset', 2],
      ] as const) {
        const result = await run(sdk, mode, fault);
        expect([sdk.name, mode, fault, result]).toEqual([
          sdk.name,
          mode,
          fault,
          { text, requests },
        ]);
      }
    }
  }
});

test('each fault keeps its code through each SDK', async () => {
  const faults: [string, string, number, OpenOptions?, string?][] = [
    ['no-retry', 'LLM_RATE_LIMITED_5001', 1],
    ['overloaded', 'LLM_PROVIDER_OVERLOADED_5012', 3],
    ['reset', 'CONNECTION_RESET_9002', 3],
    ['stall', 'LLM_TIMEOUT_5009', 1, { firstByteTimeoutMs: 100, retries: 0 }],
    ['stall-between', 'LLM_STREAM_INTERRUPTED_5008', 1],
    ['cut', 'LLM_STREAM_INTERRUPTED_5008', 1],
    ['broken-gzip', 'LLM_INVALID_RESPONSE_5006', 1],
    ['bomb', 'LLM_INVALID_RESPONSE_5006', 1, { maxResponseBytes: 1_000_000 }],
    ['private', 'EGRESS_BLOCKED_9009', 1, { egress: 'public', egressAllow: ['127.0.0.1'] }],
    ['slow', 'OPERATION_TIMEOUT_1002', 1, { timeoutMs: 30, retries: 0 }],
    ['refused', 'CONNECTION_REFUSED_9001', 0, {}, 'http://127.0.0.1:1'],
    ['unknown', 'DNS_FAILURE_9004', 0, { retries: 0 }, 'http://name.invalid'],
  ];
  for (const [fault, code, requests, options, base] of faults) {
    for (const sdk of sdks) {
      for (const mode of modes) {
        const result = await run(sdk, mode, fault, options, base);
        expect([sdk.name, mode, fault, result]).toEqual([
          sdk.name,
          mode,
          fault,
          { code, requests },
        ]);
      }
    }
  }
});

test('an abort by the caller ends the call in each SDK', async () => {
  for (const sdk of sdks) {
    for (const mode of modes) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 40);
      const result = await run(sdk, mode, 'stall', {}, server.url, controller.signal);
      expect([sdk.name, mode, result.code]).toEqual([sdk.name, mode, 'OPERATION_CANCELLED_1003']);
    }
  }
});
