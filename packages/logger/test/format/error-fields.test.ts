import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CapturedLogs, captureLogs, getLogger, setupLogging } from '../../src/index.ts';

let logs: CapturedLogs;
const logger = getLogger('test');

beforeEach(() => {
  setupLogging({ console: false, caller: 'never' });
  logs = captureLogs();
});
afterEach(() => logs.stop());

/** An error as HTTP clients make them: with request, headers and response in its properties. */
function clientError(): Error {
  return Object.assign(new Error('Request failed with status code 401'), {
    name: 'AxiosError',
    code: 'ERR_BAD_REQUEST',
    status: 401,
    config: { headers: { 'x-goog-api-key': 'plain-key-4711' }, data: '{"prompt":"my diary"}' },
    requestBodyValues: { prompt: 'my diary' },
    detail: 'Key (email)=(ann@example.com) already exists.',
    toJSON: () => ({ config: 'plain-key-4711' }),
  });
}

describe('a third-party error', () => {
  it('is written by what is on a list, and none of its properties is', () => {
    logger.error('Model call failed', { error: clientError() });
    const [entry] = logs.entries;
    expect(Object.keys(entry?.['error'] ?? {})).toEqual(['type', 'code', 'message', 'stack']);
    expect(entry?.['error']).toMatchObject({
      type: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      message: 'Request failed with status code 401',
      stack: expect.stringMatching(/^AxiosError: Request failed with status code 401\n +at /),
    });
    expect(logs.lines[0]).not.toMatch(/plain-key|diary|ann@/);
  });

  it('has its properties on request: all, or those that are named', () => {
    setupLogging({ console: false, errors: { properties: ['status', 'detail'] } });
    logger.error(clientError());
    setupLogging({ console: false, errors: { properties: 'all' } });
    logger.error(clientError());
    const [named, all] = logs.entries;
    expect(named?.['error']).toMatchObject({ status: 401, detail: expect.any(String) });
    expect(named?.['error']).not.toHaveProperty('config');
    expect(all?.['error']).toMatchObject({
      config: { headers: { 'x-goog-api-key': '**********' } },
      requestBodyValues: { prompt: 'my diary' },
    });
  });

  it.each([
    ["Duplicate entry 'ann@example.com' for key 'users.email'", /ann@/],
    [
      'Failed query: insert into users values ($1)\nparams: ann@example.com,zebra-4711',
      /ann@|zebra/,
    ],
    ['GET https://api.example.com/v1?key=AIzaSyA-1234567890abcdef failed', /AIzaSy/],
    ['connect redis://:hunter2pass@cache:6379', /hunter2/],
  ])('has no values of its message in message, stack and line: %#', (message, secret) => {
    const error = new Error(message, { cause: new Error(message) });
    logger.error(error);
    logger.error('Failed', { error });
    expect(logs.lines).toHaveLength(2);
    for (const line of logs.lines) expect(line).not.toMatch(secret);
  });

  it('has its causes, as many as the set-up wants', () => {
    let error = new Error('0');
    for (let index = 1; index < 20; index += 1) error = new Error(`${index}`, { cause: error });
    setupLogging({ console: false, errors: { causes: 2 } });
    logger.error('m', { error });
    expect(logs.entries[0]?.['error']).toMatchObject({
      message: '19',
      cause: { message: '18', cause: { message: '17', cause: '[Truncated: depth]' } },
    });
    logger.error('m', {
      error: new Error('e', { cause: { name: 'ApiError', code: 429, message: 'slow', key: 'k1' } }),
    });
    expect(logs.entries[1]?.['error']).toMatchObject({
      cause: { type: 'ApiError', code: '429', message: 'slow' },
    });
    expect(logs.lines[1]).not.toContain('k1');
  });

  it('that suppresses another has both', () => {
    const error = new SuppressedError(new Error('close failed'), new RangeError('work'), 'both');
    logger.error('m', { error });
    expect(logs.entries[0]?.['error']).toMatchObject({
      type: 'SuppressedError',
      error: { message: 'close failed' },
      suppressed: { type: 'RangeError', message: 'work' },
    });
  });
});

describe('an SDK error', () => {
  const prompt = 'a diary of ann@example.com';
  let server: Server;
  let answer: (request: string) => string;
  let baseURL: string;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(answer(await text(request)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const calls: readonly [name: string, call: () => PromiseLike<unknown>][] = [
    [
      'openai',
      () =>
        new OpenAI({ apiKey: 'plain-key-4711', baseURL, maxRetries: 0 }).chat.completions.create({
          model: 'gpt-5',
          messages: [{ role: 'user', content: prompt }],
        }),
    ],
    [
      '@anthropic-ai/sdk',
      () =>
        new Anthropic({ apiKey: 'plain-key-4711', baseURL, maxRetries: 0 }).messages.create({
          model: 'claude-opus-4-5',
          max_tokens: 16,
          messages: [{ role: 'user', content: prompt }],
        }),
    ],
  ];

  it.each(calls)('has the sentence of the provider without its values: %s', async (_name, call) => {
    answer = () =>
      JSON.stringify({
        type: 'error',
        error: { type: 'invalid_request_error', message: `Invalid string "${prompt}": too short` },
      });
    logger.error('Model call failed', { error: await failure(call) });
    expect(logs.entries[0]?.['error']).toMatchObject({
      message: '400 Invalid string "…": too short',
    });
    expect(logs.lines[0]).not.toMatch(/diary|plain-key/);
  });

  it.each(calls)('has no request that a proxy repeats: %s', async (_name, call) => {
    answer = (request) => `Cannot route ${request}`;
    logger.error('Model call failed', { error: await failure(call) });
    expect(logs.entries[0]?.['error']).toMatchObject({ message: '400 Cannot route' });
    expect(logs.lines[0]).not.toMatch(/diary|plain-key/);
  });
});

async function failure(call: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('The call must fail.');
}
