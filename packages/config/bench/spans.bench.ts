import { getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricValue } from '@map/metrics/testing';
import { startSpan } from '@map/redaction/kernel';
import { type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { runAgentStep } from '../src/work/run-agent-step.ts';

const STEPS = quick ? 200 : 3_000;
const call = { provider: 'openai', model: 'gpt-4o' };
const ANSWER = { usage: { prompt_tokens: 120, completion_tokens: 30 } };
const answer = async () => ANSWER;

const step = () =>
  runAgentStep({ agent: 'planner', operation: 'plan' }, () => observeLlm(call, answer));

/** The two spans of a step, described as `runAgentStep` and `observeLlm` do. */
function spans(): void {
  startSpan(() => ({ name: 'invoke_agent planner', kind: 'internal', attributes: {} }));
  startSpan(() => ({ name: 'chat gpt-4o', kind: 'client', attributes: {} }));
}

/** Nanoseconds a step, and how many model calls were counted. */
function contender(work: () => unknown): ContenderSteps {
  return {
    run: async () => {
      const start = performance.now();
      for (let i = 0; i < STEPS; i++) await work();
      return ((performance.now() - start) * 1e6) / STEPS;
    },
    output: () => metricValue('llm_requests_total', {}, getMetricsManager()) > 0,
  };
}

const exporter = new InMemorySpanExporter();

/** Steps with a provider that keeps the spans in memory, and forgets them. */
function traced(work: () => unknown): ContenderSteps {
  const { run } = contender(work);
  return {
    setup: () => {
      const processor = new SimpleSpanProcessor({ exporter });
      trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    },
    run: async () => {
      const result = await run();
      exporter.reset();
      return result;
    },
    output: async () => {
      exporter.reset();
      await work();
      return exporter.getFinishedSpans().map(({ name, attributes }) => [name, { ...attributes }]);
    },
  };
}

/** The same step without our spans, and the same spans around it by hand. */
function byHand(): Promise<unknown> {
  const tracer = trace.getTracer('by hand');
  return tracer.startActiveSpan(
    'invoke_agent planner',
    {
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'planner',
        'gen_ai.agent.id': 'planner',
        'map.agent.operation': 'plan',
      },
    },
    async (outer) => {
      const attributes = {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
      };
      const options = { kind: SpanKind.CLIENT, attributes };
      const result = await tracer.startActiveSpan('chat gpt-4o', options, async (span) => {
        const { usage } = await answer();
        span.setAttributes({
          'gen_ai.usage.input_tokens': usage.prompt_tokens,
          'gen_ai.usage.output_tokens': usage.completion_tokens,
        });
        span.end();
        return ANSWER;
      });
      outer.end();
      return result;
    },
  );
}

const figure = { kind: 'value', unit: 'ns', better: 'lower', rounds: 7 } as const;

export default [
  defineBench({
    ...figure,
    name: 'spans/no provider',
    title: 'What the spans of a step cost without a provider, beside the whole step',
    goals: [{ against: 'the step', atMost: 0.02 }],
    contenders: { 'its spans': contender(spans), 'the step': contender(step) },
    verify: () => undefined,
  }),
  defineBench({
    ...figure,
    name: 'spans/in memory',
    title: 'A step with its metrics, context and spans in memory, beside the same spans by hand',
    processes: true,
    contenders: { ours: traced(step), 'the spans by hand': traced(byHand) },
  }),
];
