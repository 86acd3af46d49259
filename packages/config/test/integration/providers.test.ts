import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { type ConnectionEvent, ConnectionManager } from '@map/connections';
import { loadSettings } from '@map/settings';
import {
  Agent,
  run as runAgent,
  setDefaultOpenAIClient,
  setOpenAIAPI,
  setTracingDisabled,
} from '@openai/agents';
import { generateText } from 'ai';
import Groq from 'groq-sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Providers } from '../../src/wiring/providers.ts';

const KEY = 'sk-key-of-the-loopback-provider';

let base = '';
const seen: IncomingMessage['headers'][] = [];
let failures = 0;

const server = createServer((request, response) => {
  if (request.url === '/silent') return;
  seen.push(request.headers);
  if (failures > 0) {
    failures -= 1;
    response.writeHead(429, { 'retry-after-ms': '5' }).end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const message = { role: 'assistant', content: 'hello' };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  const body = request.url?.endsWith('/messages')
    ? {
        ...{ id: 'm', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn' },
        content: [{ type: 'text', text: 'hello' }],
        usage: { input_tokens: 1, output_tokens: 1 },
      }
    : { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage };
  response.end(JSON.stringify(body));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function providers(config: object): {
  options: Providers['options'];
  connections: ConnectionManager;
  events: ConnectionEvent[];
} {
  const events: ConnectionEvent[] = [];
  const observer = { observe: (event: ConnectionEvent) => events.push(event) };
  const connections = new ConnectionManager({ observer });
  const env = { LLM_PROVIDERS_CONFIG: JSON.stringify(config), HTTP_RETRIES: '2' };
  const all = new Providers(loadSettings({ env }), connections);
  return { options: (name) => all.options(name), connections, events };
}

test('the client of each SDK is one line', async () => {
  const { options, connections, events } = providers({
    openai: { api_key: KEY, base_url: `${base}/v1`, headers: { 'x-team': 'blue' } },
    anthropic: { api_key: KEY, base_url: base },
    groq: { api_key: KEY, base_url: base },
  });
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  failures = 1;
  const openai = new OpenAI(options('openai'));
  const answer = await openai.chat.completions.create({ model: 'm', messages });
  expect(answer.choices[0]?.message.content).toBe('hello');
  expect(seen.at(-1)).toMatchObject({ authorization: `Bearer ${KEY}`, 'x-team': 'blue' });
  const anthropic = new Anthropic(options('anthropic'));
  const reply = await anthropic.messages.create({ model: 'm', messages, max_tokens: 5 });
  expect(reply.content[0]).toMatchObject({ text: 'hello' });
  expect(JSON.stringify(seen.at(-1))).toContain(KEY);
  const ofAi = createOpenAI(options('openai')).chat('m');
  expect((await generateText({ model: ofAi, prompt: 'Hi' })).text).toBe('hello');
  const claude = createAnthropic({ ...options('anthropic'), baseURL: `${base}/v1` })('m');
  expect((await generateText({ model: claude, prompt: 'Hi', maxOutputTokens: 5 })).text).toBe(
    'hello',
  );
  const groq = await new Groq(options('groq')).chat.completions.create({ model: 'm', messages });
  expect(groq.choices[0]?.message.content).toBe('hello');
  const { apiKey, ...configuration } = options('openai');
  const chat = new ChatOpenAI({ model: 'm', apiKey, configuration, maxRetries: 0 });
  expect((await chat.invoke('Hi')).text).toBe('hello');
  setDefaultOpenAIClient(new OpenAI(options('openai')) as never);
  setOpenAIAPI('chat_completions');
  setTracingDisabled(true);
  const agent = new Agent({ name: 'a', instructions: 'i', model: 'm' });
  expect((await runAgent(agent, 'Hi')).finalOutput).toBe('hello');
  expect(events.filter(({ type }) => type === 'retry')).toHaveLength(1);
  expect(connections.stats()['llm:openai']).toMatchObject({ kind: 'http', operations: 4 });
  await connections.closeAllConnections();
});

test('a print of the options does not show the key; their copy is plain', async () => {
  const { options, connections } = providers({ openai: { api_key: KEY, base_url: base } });
  const printed = inspect({ given: options('openai') }, { depth: 5 });
  expect(printed).toContain(base);
  expect(printed).not.toContain(KEY);
  expect({ ...options('openai') }).toEqual({
    apiKey: KEY,
    baseURL: base,
    fetch: expect.any(Function),
    maxRetries: 0,
  });
  await connections.closeAllConnections();
});

test('limits of a provider are those of its connection', async () => {
  const { options, connections } = providers({
    openai: { api_key: KEY, base_url: base, timeout: '20ms', max_retries: 0 },
  });
  await expect(options('openai').fetch(`${base}/silent`)).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT_1002',
    details: { timeout_ms: 20 },
  });
  await connections.closeAllConnections();
});

test('a provider that cannot be used is a coded error that names what there is', async () => {
  const { options, connections } = providers({
    openai: { enabled: false, api_key: KEY },
    anthropic: { base_url: base },
  });
  for (const [name, words] of [
    [
      'groq',
      'Provider "groq" is not configured; the configured ones are openai, anthropic. Set LLM_PROVIDERS_CONFIG__GROQ__API_KEY.',
    ],
    ['toString', 'Provider "toString" is not configured'],
    ['openai', 'LLM_PROVIDERS_CONFIG__OPENAI__ENABLED'],
    ['anthropic', 'Set ANTHROPIC_API_KEY'],
  ] as const) {
    expect(() => options(name)).toThrow(words);
    expect(() => options(name)).toThrow(expect.objectContaining({ code: 'CONFIG_MISSING_3001' }));
  }
  await connections.closeAllConnections();
});
