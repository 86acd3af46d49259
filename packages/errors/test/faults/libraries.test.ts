import { createServer } from 'node:net';
import { GoogleGenAI } from '@google/genai';
import { Annotation, START, StateGraph } from '@langchain/langgraph';
import { freePort } from '@map-tooling/testing';
import { Mistral } from '@mistralai/mistralai';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  InputGuardrailTripwireTriggered,
  MaxTurnsExceededError,
  OutputGuardrailTripwireTriggered,
  ToolCallError,
  UserError,
} from '@openai/agents';
import {
  PrismaClientInitializationError,
  PrismaClientKnownRequestError,
} from '@prisma/client-runtime-utils';
import Groq from 'groq-sdk';
import createError from 'http-errors';
import ky from 'ky';
import { MongoClient, MongoServerError } from 'mongodb';
import { createPool } from 'mysql2/promise';
import { ofetch } from 'ofetch';
import { Ollama } from 'ollama';
import { Agent, interceptors, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { convertException, ErrorCode, isRetryable } from '../../src/index.ts';
import {
  type Answer,
  type AnswerServer,
  json,
  reset,
  silence,
  startAnswerServer,
  text,
} from '../support/answer-server.ts';
import { caught } from '../support/caught.ts';

const PROMPT = 'PROMPT-NOBODY-MAY-SEE';
const KEY = 'sk-test-KEYNOBODYMAYSEE';

let answer: Answer = silence;
let server: AnswerServer;
let nobody: string;
beforeAll(async () => {
  server = await startAnswerServer((response) => answer(response));
  nobody = `http://127.0.0.1:${await freePort()}`;
});
afterAll(() => server[Symbol.asyncDispose]());

interface Library {
  readonly name: string;
  readonly model: boolean;
  readonly waits?: false;
  /** Status and body in the words of the provider; by default those of OpenAI. */
  body?(status: number): readonly [number, object];
  call(url: string, signal?: AbortSignal): Promise<unknown>;
}

const google = (status: number): readonly [number, object] => {
  const word = { 401: 'INVALID_ARGUMENT', 429: 'RESOURCE_EXHAUSTED', 503: 'UNAVAILABLE' }[status];
  const code = status === 401 ? 400 : status;
  const details = [
    ...(status === 401
      ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }]
      : []),
    ...(status === 429
      ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }]
      : []),
  ];
  const message = status === 401 ? 'API key not valid.' : 'The provider says so.';
  return [code, { error: { code, status: word ?? 'INTERNAL', message, details } }];
};
const messages = [{ role: 'user' as const, content: PROMPT }];

const LIBRARIES: readonly Library[] = [
  {
    name: 'groq-sdk',
    model: true,
    call: (baseURL, signal) =>
      new Groq({ apiKey: KEY, baseURL, maxRetries: 0 }).chat.completions.create(
        { model: 'm', messages },
        signal && { signal },
      ),
  },
  {
    name: '@mistralai/mistralai',
    model: true,
    call: (serverURL, signal) =>
      new Mistral({ apiKey: KEY, serverURL, retryConfig: { strategy: 'none' } }).chat.complete(
        { model: 'm', messages },
        signal && { fetchOptions: { signal } },
      ),
  },
  {
    name: '@google/genai',
    model: true,
    body: google,
    call: (baseUrl, signal) =>
      new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl } }).models.generateContent({
        model: 'm',
        contents: PROMPT,
        ...(signal && { config: { abortSignal: signal } }),
      }),
  },
  {
    name: 'ollama',
    model: true,
    body: (status) => [status, { error: 'The provider says so.' }],
    // Its errors have no headers, and a call takes no signal.
    waits: false,
    call: (host, signal) =>
      new Ollama({
        host,
        fetch: (url, init) => fetch(url, { ...init, ...(signal && { signal }) }),
      }).chat({ model: 'm', messages }),
  },
  {
    name: 'ky',
    model: false,
    call: (url, signal) =>
      ky.post(url, { json: { PROMPT }, retry: 0, ...(signal && { signal }) }).json(),
  },
  {
    name: 'ofetch',
    model: false,
    call: (url, signal) =>
      ofetch(url, { method: 'POST', body: { PROMPT }, retry: 0, ...(signal && { signal }) }),
  },
  {
    name: 'undici',
    model: false,
    call: (url, signal) =>
      request(url, {
        method: 'POST',
        body: PROMPT,
        dispatcher: new Agent().compose(interceptors.responseError()),
        ...(signal && { signal }),
      }),
  },
];

describe.each(LIBRARIES)('$name', (library) => {
  const body = (status: number): readonly [number, object] =>
    library.body?.(status) ?? [
      status,
      {
        error: { message: 'The provider says so.', code: status === 401 ? 'invalid_api_key' : 'x' },
      },
    ];

  test.each([
    [401, ErrorCode.LLM_PROVIDER_AUTH_FAILED, ErrorCode.UPSTREAM_REJECTED, false],
    [429, ErrorCode.LLM_RATE_LIMITED, ErrorCode.RATE_LIMITED, true],
    [500, ErrorCode.LLM_PROVIDER_UNAVAILABLE, ErrorCode.UPSTREAM_ERROR, true],
    [503, ErrorCode.LLM_PROVIDER_UNAVAILABLE, ErrorCode.UPSTREAM_ERROR, true],
  ])('a response with status %i', async (status, ofModel, ofHttp, retryable) => {
    const [code, said] = body(status);
    answer = json(code, said, status === 429 ? { 'retry-after': '7' } : {});
    const found = convertException(await caught(() => library.call(server.url)));
    expect(found.code).toBe(library.model ? ofModel : ofHttp);
    expect(isRetryable(found)).toBe(retryable);
    expect(found.details).toMatchObject({ status_code: code });
    const waits = status === 429 && library.waits !== false;
    expect(found.retryAfterMs).toBe(waits ? 7000 : undefined);
    if (library.model) expect(found.message).toMatch(/The provider says so|API key not valid/);
    expect(JSON.stringify(found)).not.toContain('NOBODY');
  });

  test('a reset connection, and no server', async () => {
    answer = reset;
    const lost = convertException(await caught(() => library.call(server.url)));
    expect(lost.code).toBe(ErrorCode.CONNECTION_RESET);
    const refused = convertException(await caught(() => library.call(nobody)));
    expect(refused.code).toBe(ErrorCode.CONNECTION_REFUSED);
    expect(isRetryable(refused)).toBe(true);
  });

  test('a deadline of the caller, told apart from a cancellation by its signal', async () => {
    answer = silence;
    const signal = AbortSignal.timeout(50);
    const late = await caught(() => library.call(server.url, signal));
    const origin = library.model ? 'llm' : 'api';
    expect(convertException(late, { signal, origin }).code).toBe(
      library.model ? ErrorCode.LLM_TIMEOUT : ErrorCode.UPSTREAM_TIMEOUT,
    );
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const cancelled = await caught(() => library.call(server.url, controller.signal));
    expect(convertException(cancelled, { origin, signal: controller.signal }).code).toBe(
      ErrorCode.OPERATION_CANCELLED,
    );
  });
});

test('the time limit of @google/genai, told apart from a cancellation by a signal that is not aborted', async () => {
  answer = silence;
  const { signal } = new AbortController();
  const httpOptions = { baseUrl: server.url, timeout: 50 };
  const { models } = new GoogleGenAI({ apiKey: KEY, httpOptions });
  const config = { abortSignal: signal };
  const late = await caught(() => models.generateContent({ model: 'm', contents: PROMPT, config }));
  expect(convertException(late, { origin: 'llm', signal }).code).toBe(ErrorCode.LLM_TIMEOUT);
});

test.each([
  [createError(404), ErrorCode.NOT_FOUND],
  [createError(429, 'Slow down.', { headers: { 'retry-after': '9' } }), ErrorCode.RATE_LIMITED],
  [createError(503), ErrorCode.SERVICE_UNAVAILABLE],
])('http-errors: %s', (raw, code) => {
  const found = convertException(raw);
  expect(found.code).toBe(code);
  expect(found.retryAfterMs).toBe(code === ErrorCode.RATE_LIMITED ? 9000 : undefined);
});

test('the Model Context Protocol: a timeout, an input, a tool that is missing, a closed client', async () => {
  const tools = new McpServer({ name: 'tools', version: '1' });
  tools.registerTool('slow', { inputSchema: { n: z.number() } }, () => new Promise(() => {}));
  const [serverSide, clientSide] = InMemoryTransport.createLinkedPair();
  await tools.connect(serverSide);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(clientSide);
  const slow = { name: 'slow', arguments: { n: 1 } };
  const codeOf = async (run: () => unknown): Promise<string> =>
    convertException(await caught(run)).code;
  expect(await codeOf(() => client.callTool(slow, undefined, { timeout: 20 }))).toBe(
    ErrorCode.TOOL_TIMEOUT,
  );
  const controller = new AbortController();
  const aborted = codeOf(() => client.callTool(slow, undefined, { signal: controller.signal }));
  controller.abort();
  expect(await aborted).toBe(ErrorCode.OPERATION_CANCELLED);
  const { signal } = controller;
  expect(await codeOf(() => client.callTool(slow, undefined, { signal }))).toBe(
    ErrorCode.OPERATION_CANCELLED,
  );
  expect(await codeOf(() => client.listPrompts())).toBe(ErrorCode.TOOL_NOT_FOUND);
  const lost = codeOf(() => client.callTool(slow));
  await clientSide.close();
  expect(await lost).toBe(ErrorCode.CONNECTION_RESET);
  expect(await codeOf(() => client.listTools())).toBe(ErrorCode.CLIENT_CLOSED);
});

test.each([
  [json(401, {}), ErrorCode.UPSTREAM_REJECTED],
  [json(429, {}), ErrorCode.RATE_LIMITED],
  [json(503, {}), ErrorCode.UPSTREAM_ERROR],
  [text(200, '<html>'), ErrorCode.UPSTREAM_BAD_RESPONSE],
])('a server of MCP over HTTP, %#', async (given, code) => {
  answer = given;
  const transports = [StreamableHTTPClientTransport, SSEClientTransport];
  for (const Transport of transports) {
    const client = new Client({ name: 'test', version: '1' });
    const raw = await caught(() => client.connect(new Transport(new URL(server.url))));
    expect(convertException(raw).code).toBe(code);
    await client.close();
  }
});

const tripwire = {
  guardrail: { type: 'input', name: 'g' },
  output: { outputInfo: PROMPT },
} as never;
test.each([
  [new MaxTurnsExceededError('Max turns (10) exceeded'), ErrorCode.AGENT_MAX_STEPS_EXCEEDED],
  [new InputGuardrailTripwireTriggered('x', tripwire), ErrorCode.AGENT_GUARDRAIL_BLOCKED],
  [new OutputGuardrailTripwireTriggered('x', tripwire), ErrorCode.AGENT_GUARDRAIL_BLOCKED],
  [
    new ToolCallError('x', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
    ErrorCode.CONNECTION_REFUSED,
  ],
  [new UserError('No agent was given'), ErrorCode.CONFIG_INVALID],
])('@openai/agents: %s', (raw, code) => {
  const found = convertException(raw);
  expect(found.code).toBe(code);
  expect(JSON.stringify(found)).not.toContain('NOBODY');
});

test('LangGraph: the limit of steps', async () => {
  const state = Annotation.Root({ count: Annotation<number>() });
  const graph = new StateGraph(state)
    .addNode('again', ({ count }) => ({ count: count + 1 }))
    .addEdge(START, 'again')
    .addEdge('again', 'again')
    .compile();
  const raw = await caught(() => graph.invoke({ count: 0 }, { recursionLimit: 3 }));
  expect(convertException(raw).code).toBe(ErrorCode.AGENT_MAX_STEPS_EXCEEDED);
});

test.each([
  ['P1001', ErrorCode.CONNECTION_REFUSED, true],
  ['P2002', ErrorCode.DATABASE_ERROR, false],
  ['P2024', ErrorCode.POOL_EXHAUSTED, true],
  ['P2034', ErrorCode.DATABASE_CONFLICT, true],
])('Prisma: %s', (code, expected, retryable) => {
  const known = new PrismaClientKnownRequestError('x', { code, clientVersion: '7.10.0' });
  const start = new PrismaClientInitializationError('x', '7.10.0', code);
  for (const found of [convertException(known), convertException(start)]) {
    expect(found.code).toBe(expected);
    expect(isRetryable(found)).toBe(retryable);
  }
});

test('MongoDB: no server, a conflict, a duplicate without its value, a step down', async () => {
  const client = new MongoClient(nobody.replace('http', 'mongodb'), {
    serverSelectionTimeoutMS: 100,
  });
  const refused = convertException(await caught(() => client.db('x').command({ ping: 1 })));
  await client.close();
  expect([refused.code, isRetryable(refused)]).toEqual([ErrorCode.CONNECTION_ERROR, true]);
  const codeOf = (code: number): string =>
    convertException(new MongoServerError({ message: 'x', code })).code;
  expect([112, 11000, 91, 262].map(codeOf)).toEqual([
    ErrorCode.DATABASE_CONFLICT,
    ErrorCode.DATABASE_ERROR,
    ErrorCode.CONNECTION_ERROR,
    ErrorCode.OPERATION_TIMEOUT,
  ]);
  const message = `E11000 duplicate key error collection: a.b dup key: { email: "${PROMPT}" }`;
  const duplicate = convertException(new MongoServerError({ message, code: 11000 }));
  expect(JSON.stringify(duplicate)).not.toContain('NOBODY');
});

test('mysql2: a full queue, a connection that is never answered, a closed pool, no server', async () => {
  const silent = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const host = '127.0.0.1';
  const pool = createPool({ host, port, connectionLimit: 1, queueLimit: 1, connectTimeout: 300 });
  const raws = [1, 2, 3].map(() => caught(() => pool.getConnection()));
  const codeOf = (raw: unknown): string => convertException(raw).code;
  expect(codeOf(await raws[2])).toBe(ErrorCode.POOL_EXHAUSTED);
  expect(codeOf(await raws[0])).toBe(ErrorCode.CONNECTION_TIMEOUT);
  await pool.end().catch(() => {});
  expect(codeOf(await caught(() => pool.getConnection()))).toBe(ErrorCode.CLIENT_CLOSED);
  silent.close();
  const away = createPool({ host, port: Number(new URL(nobody).port) });
  expect(codeOf(await caught(() => away.query('select 1')))).toBe(ErrorCode.CONNECTION_REFUSED);
  await away.end();
});
