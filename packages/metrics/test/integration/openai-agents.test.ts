import { Agent, Runner, setTraceProcessors, setTracingDisabled, withTrace } from '@openai/agents';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { meterCost } from '../../src/llm/llm.ts';
import { mapTracingProcessor } from '../../src/openai-agents/openai-agents.ts';
import { drain, LlmHarness, PRICES } from './llm-harness.ts';
import { completion, HANGS, response, said, toolCompletion } from './llm-replay.ts';
import { SpanRecorder, settingsOf } from './span-recorder.ts';

const llm = new LlmHarness();
const { value, requests, agent, observe } = llm;
const recorder = new SpanRecorder();
const { tree, span } = recorder;
const runner = new Runner();

beforeAll(() => setTracingDisabled(false));
afterAll(() => {
  setTraceProcessors([]);
  setTracingDisabled(true);
});
beforeEach(() => {
  setTraceProcessors([mapTracingProcessor({ manager: llm.manager, prices: PRICES })]);
});

const FAILED = [
  'invoke_workflow Agent workflow (http_429)',
  '  invoke_agent a (http_429)',
  '    step (http_429)',
  '      chat m (http_429)',
];

test('units have the attributes of the conventions, and the cost of what is in them', async () => {
  llm.replay.replies = [toolCompletion(), completion({ content: 'noon' })];
  const usd = await meterCost(async (meter) => {
    await runner.run(agent(), 'x');
    return meter.usd;
  });
  expect(usd).toBeCloseTo(0.003, 10);
  const cost = { 'map.cost_usd': expect.closeTo(0.003, 10) };
  expect(span('invoke_workflow Agent workflow')?.attributes).toEqual({
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': 'Agent workflow',
    ...cost,
  });
  expect(span('invoke_agent a')?.attributes).toEqual({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'a',
    ...cost,
  });
  expect(span('step')?.attributes).toEqual({
    'map.step.number': 1,
    'map.cost_usd': expect.closeTo(0.0015, 10),
  });
  expect(span('execute_tool clock')?.attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'clock',
    'gen_ai.tool.type': 'function',
  });
});

test('a request has its settings', async () => {
  const modelSettings = { temperature: 0.2, topP: 0.5, frequencyPenalty: 1 };
  llm.replay.replies = [completion({ content: 'noon' })];
  await runner.run(agent().clone({ modelSettings }), 'x');
  expect(settingsOf(span('chat m')?.attributes ?? {})).toEqual({
    'gen_ai.request.model': 'm',
    'gen_ai.request.temperature': 0.2,
    'gen_ai.request.top_p': 0.5,
    'gen_ai.request.frequency_penalty': 1,
  });
  llm.replay.replies = [{ ...response(said('noon')), temperature: 0.3, max_output_tokens: 64 }];
  await runner.run(agent('responses'), 'x');
  expect(settingsOf(span('chat')?.attributes ?? {})).toEqual({
    'gen_ai.request.temperature': 0.3,
    'gen_ai.request.max_tokens': 64,
  });
});

test('a model of the responses is named by what it responds', async () => {
  llm.replay.replies = [{ ...response(said('noon')), model: 'm-2026' }];
  await runner.run(agent('responses'), 'x');
  expect(value('llm_requests_total', { provider: 'openai', model: 'm-2026' })).toBe(1);
  expect(value('llm_requests_in_flight')).toBe(0);
  expect(span('chat')?.attributes).toMatchObject({ 'gen_ai.response.model': 'm-2026' });
  // Its price is not listed.
  expect(value('llm_cost_unknown_total')).toBe(1);
});

test.each([false, true])('a failed request has its status, streamed: %s', async (stream) => {
  llm.replay.replies = [{ status: 429, body: { error: { message: 'slow down' } } }];
  const run = async () => {
    if (stream) await drain(await runner.run(agent(), 'x', { stream }));
    else await runner.run(agent(), 'x');
  };
  await expect(run()).rejects.toThrow('slow down');
  expect(tree()).toEqual(FAILED);
  expect(llm.errorTypes()).toEqual(['http_429']);
});

test('an abort is cancelled', async () => {
  llm.replay.replies = [HANGS];
  const controller = new AbortController();
  const { received } = llm.replay;
  const run = runner.run(agent(), 'x', { signal: controller.signal });
  await expect.poll(() => llm.replay.received).toBe(received + 1);
  expect(value('llm_requests_in_flight')).toBe(1);
  controller.abort();
  await expect(run).rejects.toThrow();
  await expect.poll(() => requests()).toEqual(['chat cancelled 1']);
  expect(value('llm_requests_in_flight')).toBe(0);
});

test('a request inside of observeLlm counts once', async () => {
  llm.replay.replies = [toolCompletion(), completion({ content: 'noon' })];
  await observe(() => runner.run(agent(), 'x'));
  expect(requests()).toEqual(['chat success 1']);
  expect(value('llm_tokens_total', { type: 'prompt' })).toBe(200);
  expect(tree().filter((line) => line.includes('chat'))).toEqual(['chat m']);
});

test('a handoff is counted, and the next agent is beside the first', async () => {
  const writer = new Agent({ name: 'writer', model: agent().model });
  const planner = Agent.create({ name: 'planner', model: agent().model, handoffs: [writer] });
  const call = {
    id: 't1',
    type: 'function',
    function: { name: 'transfer_to_writer', arguments: '{}' },
  };
  llm.replay.replies = [
    completion({ content: null, tool_calls: [call] }),
    completion({ content: 'done' }),
  ];
  await withTrace('paper', () => runner.run(planner, 'x'));
  expect(value('agent_handoffs_total', { from_agent: 'planner', to_agent: 'writer' })).toBe(1);
  expect(tree().filter((line) => line.includes('agent '))).toEqual([
    '  invoke_agent planner',
    '  invoke_agent writer',
  ]);
});

test('what a future SDK may send instead is taken', async () => {
  const processor = mapTracingProcessor({ manager: llm.manager });
  for (const odd of [undefined, null, 7, { type: 'generation', output: [null] }]) {
    const given = { spanId: 's', parentId: null, spanData: { type: 'generation', output: odd } };
    const unit = { ...given, error: null };
    await processor.onSpanStart(unit);
    await processor.onSpanEnd(unit);
    await processor.onSpanEnd({ ...unit, error: { message: odd as never } });
  }
  expect(value('llm_requests_without_usage_total')).toBe(4);
});
