import { AsyncLocalStorage } from 'node:async_hooks';
import { ErrorCode } from '@map/errors';
import { type CapturedLogs, captureLogs, getContext, getLogger, runWithContext } from '@map/logger';
import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { registerSecrets } from '@map/redaction';
import { propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { exemplar } from '../../src/wiring/metrics-server.ts';
import { runAgentStep } from '../../src/work/run-agent-step.ts';
import { runTask } from '../../src/work/run-task.ts';
import { runTool } from '../../src/work/run-tool.ts';
import type { Work } from '../../src/work/unit-of-work.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const carrier = {
  traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
  tracestate: 'vendor=1',
  baggage: 'tenant=a',
};
const call = {
  provider: 'openai',
  model: 'gpt-4o',
  prices: { 'gpt-4o': { prompt: 1000, completion: 1000 } },
};
const completion = {
  id: 'chatcmpl-1',
  model: 'gpt-4o-2026',
  choices: [{ finish_reason: 'stop', message: { content: 'the answer' } }],
  usage: {
    prompt_tokens: 100,
    completion_tokens: 10,
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens_details: { reasoning_tokens: 4 },
  },
};

let tracing: Tracing;
let logs: CapturedLogs;

beforeAll(() => {
  tracing = startTracing();
});
afterAll(() => tracing.close());
beforeEach(() => {
  tracing.reset();
  logs = captureLogs();
});
afterEach(() => logs.stop());

const idOf = (name: string) => tracing.span(name).spanContext().spanId;
const parentOf = (name: string) => tracing.span(name).parentSpanContext?.spanId;

test('a task, its step, model call and tool are one trace that continues that of the message', async () => {
  const log = getLogger('test');
  let tenant: string | undefined;
  const traceId = await runTask(
    { type: 'ingest', taskId: 't-1', agentId: 'a-1', carrier },
    (task) =>
      runAgentStep({ agent: 'planner', operation: 'plan', taskId: 't-1' }, async () => {
        log.info('in the step');
        tenant = propagation.getActiveBaggage()?.getEntry('tenant')?.value;
        await observeLlm(call, async () => {
          log.info('in the call');
          return completion;
        });
        await runTool({ tool: 'search', callId: 'call_1' }, () => log.info('in the tool'));
        return task.traceId;
      }),
  );
  expect(traceId).toBe(TRACE);
  expect(tenant).toBe('a');
  expect(new Set(tracing.spans.map((span) => span.spanContext().traceId))).toEqual(
    new Set([TRACE]),
  );
  expect(tracing.span('task ingest').parentSpanContext).toMatchObject({
    spanId: 'b7ad6b7169203331',
    isRemote: true,
  });
  expect(tracing.span('task ingest').spanContext().traceState?.get('vendor')).toBe('1');
  expect(parentOf('invoke_agent planner')).toBe(idOf('task ingest'));
  expect(parentOf('chat gpt-4o')).toBe(idOf('invoke_agent planner'));
  expect(parentOf('execute_tool search')).toBe(idOf('invoke_agent planner'));
  expect(tracing.spans.map(({ name, kind }) => [name, kind])).toEqual([
    ['chat gpt-4o', SpanKind.CLIENT],
    ['execute_tool search', SpanKind.INTERNAL],
    ['invoke_agent planner', SpanKind.INTERNAL],
    ['task ingest', SpanKind.CONSUMER],
  ]);
  expect(tracing.spans.map(({ status }) => status.code)).toEqual([0, 0, 0, 0]);
  expect(tracing.span('chat gpt-4o').attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.id': 'chatcmpl-1',
    'gen_ai.response.model': 'gpt-4o-2026',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 10,
    'gen_ai.usage.cache_read.input_tokens': 40,
    'gen_ai.usage.reasoning.output_tokens': 4,
    'map.cost_usd': 0.11,
  });
  expect(tracing.span('execute_tool search').attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': 'call_1',
  });
  expect(tracing.span('invoke_agent planner').attributes).toEqual({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'planner',
    'gen_ai.agent.id': 'planner',
    'map.agent.operation': 'plan',
    'map.task.id': 't-1',
    'map.cost_usd': 0.11,
  });
  const lineOf = (message: string) => logs.entries.find((entry) => entry.message === message);
  expect(lineOf('in the step')).toMatchObject({ span_id: idOf('invoke_agent planner') });
  expect(lineOf('in the call')).toMatchObject({ span_id: idOf('chat gpt-4o') });
  expect(lineOf('in the tool')).toMatchObject({
    trace_id: TRACE,
    span_id: idOf('execute_tool search'),
  });
  expect(lineOf('in the tool')).not.toHaveProperty('otel_trace_id');
});

/** The requirements and recommendations of the conventions for each span, without those for SDKs. */
const CONVENTIONS: Readonly<Record<string, readonly string[]>> = {
  chat: [
    conventions.ATTR_GEN_AI_OPERATION_NAME,
    conventions.ATTR_GEN_AI_PROVIDER_NAME,
    conventions.ATTR_GEN_AI_REQUEST_MODEL,
    conventions.ATTR_GEN_AI_RESPONSE_ID,
    conventions.ATTR_GEN_AI_RESPONSE_MODEL,
    conventions.ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
    conventions.ATTR_GEN_AI_USAGE_INPUT_TOKENS,
    conventions.ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
    conventions.ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
    conventions.ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,
    conventions.ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
  ],
  embeddings: [
    conventions.ATTR_GEN_AI_OPERATION_NAME,
    conventions.ATTR_GEN_AI_PROVIDER_NAME,
    conventions.ATTR_GEN_AI_REQUEST_MODEL,
    conventions.ATTR_GEN_AI_RESPONSE_MODEL,
    conventions.ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ],
  invoke_agent: [
    conventions.ATTR_GEN_AI_OPERATION_NAME,
    conventions.ATTR_GEN_AI_AGENT_NAME,
    conventions.ATTR_GEN_AI_AGENT_ID,
  ],
  execute_tool: [
    conventions.ATTR_GEN_AI_OPERATION_NAME,
    conventions.ATTR_GEN_AI_TOOL_NAME,
    conventions.ATTR_GEN_AI_TOOL_TYPE,
    conventions.ATTR_GEN_AI_TOOL_CALL_ID,
  ],
};

test('spans have what the conventions require and recommend, and error.type where they fail', async () => {
  const cached = { ...completion.usage, cache_creation_input_tokens: 10 };
  const embedding = { model: 'e', data: [], usage: { prompt_tokens: 3, total_tokens: 3 } };
  const steps = () =>
    runAgentStep({ agent: 'planner', operation: 'plan' }, async () => {
      await observeLlm(call, async () => ({ ...completion, usage: cached }));
      const embed = { provider: 'openai', model: 'e', operation: 'embeddings' };
      await observeLlm(embed, async () => embedding);
      await runTool({ tool: 'search', callId: 'call_1' }, () => undefined);
      const refused = Object.assign(new Error('busy'), { status: 503 });
      await observeLlm({ ...call, model: 'down' }, () => Promise.reject(refused));
    });
  await expect(steps()).rejects.toThrow('busy');
  for (const [operation, names] of Object.entries(CONVENTIONS)) {
    const span = tracing.spans.find(
      ({ attributes }) => attributes[conventions.ATTR_GEN_AI_OPERATION_NAME] === operation,
    );
    expect(Object.keys(span?.attributes ?? {})).toEqual(expect.arrayContaining([...names]));
  }
  const errors = (name: string) => tracing.span(name).attributes[conventions.ATTR_ERROR_TYPE];
  expect(errors('chat down')).toBe('http_503');
  expect(errors('invoke_agent planner')).toMatch(/^[A-Z_]+_\d{4}$/);
  const operations = Object.keys(CONVENTIONS);
  expect(Object.values(conventions)).toEqual(expect.arrayContaining(operations));
});

test('attributes of the conventions have their names', async () => {
  await runAgentStep({ agent: 'planner', operation: 'plan' }, () =>
    runTool({ tool: 'search' }, () => observeLlm(call, async () => completion)),
  );
  const known = new Set<unknown>(Object.values(conventions));
  const own = [
    ...new Set(tracing.spans.flatMap(({ attributes }: ReadableSpan) => Object.keys(attributes))),
  ];
  expect(own.filter((name) => !name.startsWith('map.') && !known.has(name))).toEqual([]);
});

test('the exemplar and the carrier are of the running span, and its trace is the work’s', async () => {
  const inside = await runWithContext({ task_id: 'earlier' }, () =>
    runAgentStep({ agent: 'planner', operation: 'plan' }, ({ traceId }) => ({
      traceId,
      exemplar: exemplar(),
      carrier: getContext()?.toCarrier(),
    })),
  );
  const { traceId, spanId } = tracing.span('invoke_agent planner').spanContext();
  expect(inside).toMatchObject({
    traceId,
    exemplar: { trace_id: traceId, span_id: spanId },
    carrier: { traceparent: `00-${traceId}-${spanId}-01`, context: { trace_id: traceId } },
  });
  expect(tracing.span('invoke_agent planner').parentSpanContext).toBeUndefined();
});

test('a trace id that the application gives is that of the span', async () => {
  const given = 'c'.repeat(32);
  await runWithContext({ trace_id: given }, () =>
    runTool({ tool: 'search' }, () => trace.getTracer('app').startSpan('own').end()),
  );
  expect(tracing.spans.map((span) => span.spanContext().traceId)).toEqual([given, given]);
  expect(parentOf('own')).toBe(idOf('execute_tool search'));
});

test('a failure has its code, status and exception, without secrets', async () => {
  onTestFinished(registerSecrets(['hunter2-secret']));
  const failing = runTool({ tool: 'login' }, () => {
    throw new Error('The password hunter2-secret is wrong.');
  });
  await expect(failing).rejects.toMatchObject({ code: ErrorCode.TOOL_ERROR });
  const span = tracing.span('execute_tool login');
  expect(span.attributes['error.type']).toBe('TOOL_ERROR_7500');
  expect(span.status.code).toBe(SpanStatusCode.ERROR);
  expect(span.events).toMatchObject([{ name: 'exception' }]);
  expect(span.events[0]?.attributes?.['exception.stacktrace']).toContain('spans.test');
  expect(JSON.stringify([span.status, span.events])).not.toContain('hunter2');
});

test('the message of a library on a span has no values that it repeats', async () => {
  const failing = observeLlm(call, async () => {
    throw new Error('Invalid email: Received "hunter2@example.com"');
  });
  await expect(failing).rejects.toThrow('hunter2');
  const { events, status } = tracing.span('chat gpt-4o');
  expect(events).toHaveLength(1);
  expect(JSON.stringify([status, events])).not.toContain('hunter2');
});

test.each([
  ['timeout', 'AGENT_TIMEOUT_6004', { timeoutMs: 1 }, SpanStatusCode.ERROR],
  [
    'cancellation',
    'OPERATION_CANCELLED_1003',
    { signal: AbortSignal.abort() },
    SpanStatusCode.UNSET,
  ],
])('a %s has its code', async (_, code, limits, status) => {
  const step = runAgentStep({ agent: 'a', operation: 'o', ...limits }, () => new Promise(() => {}));
  await expect(step).rejects.toMatchObject({ code });
  const span = tracing.span('invoke_agent a');
  expect(span.attributes['error.type']).toBe(code);
  expect(span.status.code).toBe(status);
});

test('a model call that fails has the code of its metric; a streamed one its first chunk', async () => {
  const failing = observeLlm(call, async () => {
    throw Object.assign(new Error('slow down'), { status: 429 });
  });
  await expect(failing).rejects.toThrow('slow down');
  expect(tracing.span('chat gpt-4o')).toMatchObject({
    attributes: { 'error.type': 'http_429' },
    status: { code: SpanStatusCode.ERROR, message: 'slow down' },
  });
  tracing.reset();
  const stream = observeLlm({ ...call, operation: 'text_completion' }, async function* () {
    yield { id: 'c-1', model: 'm-1', choices: [{ delta: { content: 'a' } }] };
    yield { id: 'c-1', choices: [{ delta: {}, finish_reason: 'length' }] };
    yield { choices: [], usage: { prompt_tokens: 2, completion_tokens: 1 } };
  });
  for await (const _ of stream) expect(tracing.spans).toEqual([]);
  expect(tracing.span('text_completion gpt-4o').attributes).toMatchObject({
    'gen_ai.request.stream': true,
    'gen_ai.response.time_to_first_chunk': expect.any(Number),
    'gen_ai.response.id': 'c-1',
    'gen_ai.response.model': 'm-1',
    'gen_ai.response.finish_reasons': ['length'],
    'gen_ai.usage.output_tokens': 1,
  });
});

test('a model call is a span with metrics disabled too', async () => {
  const metrics = getMetricsManager().configure({ enabled: false });
  onTestFinished(() => void metrics.configure({ enabled: true }));
  await observeLlm(call, async () => completion);
  expect(tracing.span('chat gpt-4o').attributes['gen_ai.usage.input_tokens']).toBe(100);
});

test('the cost so far is that of the calls within, so that work can stop at a budget', async () => {
  let calls = 0;
  const task = runTask({ type: 'ingest' }, async (work) => {
    for (; work.costUsd < 0.3; calls++) {
      await runTool({ tool: 'think' }, () => observeLlm(call, async () => completion));
    }
    throw new Error('over budget');
  });
  await expect(task).rejects.toMatchObject({
    message: 'over budget',
    details: { cost_usd: expect.closeTo(0.33, 10) },
  });
  expect(calls).toBe(3);
  expect(tracing.span('task ingest').attributes['map.cost_usd']).toBeCloseTo(0.33, 10);
  expect(logs.entries.at(-1)).toMatchObject({ cost_usd: expect.closeTo(0.33, 10) });
});

test('the cost can be read after the end, and the error of a step has that of the whole task', async () => {
  let used: Work | undefined;
  const ask = () => observeLlm(call, async () => completion);
  const answer = await runTask({ type: 'ingest' }, async (work) => {
    used = work;
    return await ask();
  });
  expect(answer).toBe(completion);
  expect(used?.costUsd).toBeCloseTo(0.11, 10);
  const failing = runTask({ type: 'ingest' }, async () => {
    await ask();
    await runTool({ tool: 'search' }, async () => {
      await ask();
      throw new Error('no page');
    });
  });
  await expect(failing).rejects.toMatchObject({ details: { cost_usd: expect.closeTo(0.22, 10) } });
});

test('work whose cost exceeds its budget is stopped, with its code and its cost', async () => {
  let calls = 0;
  let stopped: AbortSignal | undefined;
  const task = runTask({ type: 'ingest', budgetUsd: 0.3 }, async ({ signal }) => {
    stopped = signal;
    while (!signal.aborted) {
      calls++;
      await runTool({ tool: 'think' }, () => observeLlm(call, async () => completion));
    }
  });
  await expect(task).rejects.toMatchObject({
    code: ErrorCode.LLM_BUDGET_EXCEEDED,
    message: 'task ingest exceeded its budget of $0.3.',
    retryable: false,
    details: { limit: 0.3, spent: expect.closeTo(0.33, 10), cost_usd: expect.closeTo(0.33, 10) },
  });
  expect(calls).toBe(3);
  expect(stopped?.reason).toMatchObject({ code: ErrorCode.LLM_BUDGET_EXCEEDED });
  expect(tracing.span('task ingest').attributes['error.type']).toBe('LLM_BUDGET_EXCEEDED_5017');
});

test('a budget counts each unit of work for itself; a later cost stops nothing', async () => {
  const ask = () => observeLlm(call, async () => completion);
  let late: (() => Promise<unknown>) | undefined;
  const done = await runTask({ type: 'ingest', budgetUsd: 0.25 }, async (work) => {
    late = AsyncLocalStorage.bind(ask);
    await ask();
    const step = { agent: 'a', operation: 'o', budgetUsd: 0.1 };
    await expect(runAgentStep(step, ask)).rejects.toMatchObject({
      code: ErrorCode.LLM_BUDGET_EXCEEDED,
      details: { spent: expect.closeTo(0.11, 10) },
    });
    return work.signal;
  });
  await late?.();
  expect(done.aborted).toBe(false);
});

test.each([0, -1, Number.NaN, '1', null])('a budget of %s is refused', async (budgetUsd) => {
  const task = runTask({ type: 'ingest', budgetUsd: budgetUsd as number }, () => 1);
  await expect(task).rejects.toMatchObject({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`budgetUsd\` of task ingest must be an amount above 0, got ${typeof budgetUsd === 'string' ? 'a string' : budgetUsd}.`,
  });
});
