import { LogContext, runWithContext } from '@map/logger';
import { observeLlm } from '@map/metrics/llm';
import { context, trace } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import { runTask } from '../../src/work/run-task.ts';
import { runTool } from '../../src/work/run-tool.ts';

const call = { provider: 'openai', model: 'gpt-4o' };
const bad = (): never => {
  throw new Error('bad provider');
};
const span = { spanContext: () => ({ traceId: '' }), isRecording: () => true };
/** Throws whenever it is touched. */
const untouchable = new Proxy(function tracer() {}, {
  get: bad,
  has: bad,
  apply: bad,
  set: bad,
  getPrototypeOf: bad,
});

afterEach(() => {
  trace.disable();
  context.disable();
});

/** Work that succeeds and work that fails, with a span around another. */
async function expectWorkAsBefore(): Promise<void> {
  let runs = 0;
  const work = () => {
    runs++;
    return observeLlm(call, async () => 7);
  };
  expect(await runTask({ type: 'x' }, work)).toBe(7);
  const failing = runTool({ tool: 'x' }, () => Promise.reject(new Error('own')));
  await expect(failing).rejects.toThrow('own');
  expect(runs).toBe(1);
}

test.each<[string, () => unknown]>([
  ['throws at the start', bad],
  ['gives no span', () => undefined],
  ['gives a span that throws whenever it is touched', () => untouchable],
  ['gives a span that cannot say whether it records', () => ({ ...span, isRecording: bad })],
  ['gives a span without ids', () => ({ ...span, spanContext: bad })],
  ['gives ids of the wrong kind', () => ({ ...span, spanContext: () => ({ traceId: {} }) })],
  [
    'gives a span whose every method throws',
    () => ({
      ...span,
      setAttributes: bad,
      addEvent: bad,
      recordException: bad,
      setStatus: bad,
      end: bad,
    }),
  ],
])('a tracer that %s leaves the work as it is', async (_, startSpan) => {
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as never);
  await expectWorkAsBefore();
});

test('so does a tracer that throws whenever it is touched, and a provider of that kind', async () => {
  trace.setGlobalTracerProvider({ getTracer: () => untouchable } as never);
  await expectWorkAsBefore();
  trace.disable();
  trace.setGlobalTracerProvider(untouchable as never);
  await expectWorkAsBefore();
});

/** An immutable context of OpenTelemetry. */
const empty = { getValue: () => undefined, setValue: () => empty, deleteValue: () => empty };

test.each<[string, object]>([
  ['throws when asked', { active: bad, with: bad }],
  ['throws before the work', { active: () => empty, with: bad }],
  [
    'throws after the work',
    {
      active: () => empty,
      with: (_context: unknown, run: () => unknown) => {
        run();
        bad();
      },
    },
  ],
  ['does not run the work', { active: () => empty, with: () => undefined }],
  [
    'keeps the result of the work',
    { active: () => empty, with: (_context: unknown, run: () => unknown) => void run() },
  ],
  ['gives no context', { active: () => undefined, with: bad }],
])('a context manager that %s leaves the work as it is', async (_, manager) => {
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => span }) } as never);
  context.setGlobalContextManager({ ...manager, bind: bad, enable: bad, disable() {} } as never);
  await expectWorkAsBefore();
});

test('a trace state that throws is left out of the headers', () => {
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const active = { spanContext: () => ({ ...ids, traceState: { serialize: bad } }) };
  const current = { ...empty, getValue: () => active };
  context.setGlobalContextManager({ active: () => current, disable() {} } as never);
  const incoming = LogContext.fromCarrier({ traceparent: `00-${ids.traceId}-${ids.spanId}-01` });
  const headers = runWithContext(incoming, () => incoming.toHeaders());
  expect(headers).toEqual({ traceparent: `00-${ids.traceId}-${ids.spanId}-01` });
});
