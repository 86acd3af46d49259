import { AsyncLocalStorage } from 'node:async_hooks';
import { BUCKETS, getMetricsManager } from '@map/metrics';
import { observeLlm } from '@map/metrics/llm';
import { metricValue } from '@map/metrics/testing';
import { startSpan } from '@map/redaction/kernel';
import { type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { context, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
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

const registry = { registers: [new Registry()] };
const AGENT = { agent: 'planner' } as const;
const OPERATION = { ...AGENT, operation: 'plan', status: 'success' } as const;
const MODEL = { provider: 'openai', model: 'gpt-4o' } as const;
const REQUEST = { ...MODEL, operation: 'chat', status: 'success' } as const;
const buckets = [...BUCKETS.LLM];
const by = {
  agents: new Gauge({ name: 'agents', help: 'h', labelNames: ['agent'], ...registry }),
  operations: counter('operations', ['agent', 'operation', 'status']),
  seconds: histogram('seconds', ['agent', 'operation', 'status']),
  inFlight: new Gauge({
    name: 'in_flight',
    help: 'h',
    labelNames: ['provider', 'model'],
    ...registry,
  }),
  requests: counter('requests', ['provider', 'model', 'operation', 'status']),
  requestSeconds: histogram('request_seconds', ['provider', 'model', 'operation', 'status']),
  tokens: counter('tokens', ['provider', 'model', 'type']),
  requestTokens: histogram('request_tokens', ['provider', 'model', 'type']),
};

function counter<T extends string>(name: string, labelNames: T[]): Counter<T> {
  return new Counter({ name, help: 'h', labelNames, ...registry });
}

function histogram<T extends string>(name: string, labelNames: T[]): Histogram<T> {
  return new Histogram({ name, help: 'h', labelNames, buckets, ...registry });
}

const contexts = new AsyncLocalStorage<object>();

/** The same step by hand: the same spans, the same metrics with prom-client, and a log context. */
function byHand(): Promise<unknown> {
  const tracer = trace.getTracer('by hand');
  const attributes = {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'planner',
    'gen_ai.agent.id': 'planner',
    'map.agent.operation': 'plan',
  };
  return tracer.startActiveSpan('invoke_agent planner', { attributes }, (span) => {
    const { traceId: trace_id, spanId: span_id } = span.spanContext();
    return contexts.run({ trace_id, span_id, agent_id: 'planner' }, async () => {
      const start = performance.now();
      by.agents.inc(AGENT);
      try {
        return await askByHand(tracer);
      } finally {
        by.agents.dec(AGENT);
        by.operations.inc(OPERATION);
        by.seconds.observe(OPERATION, (performance.now() - start) / 1e3);
        span.end();
      }
    });
  });
}

function askByHand(tracer: Tracer): Promise<unknown> {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
  };
  return tracer.startActiveSpan(
    'chat gpt-4o',
    { kind: SpanKind.CLIENT, attributes },
    async (span) => {
      const start = performance.now();
      by.inFlight.inc(MODEL);
      try {
        const { usage } = await answer();
        const tokens = [
          ['prompt', usage.prompt_tokens],
          ['completion', usage.completion_tokens],
        ] as const;
        for (const [type, count] of tokens) {
          by.tokens.inc({ ...MODEL, type }, count);
          by.requestTokens.observe({ ...MODEL, type }, count);
        }
        span.setAttributes({
          'gen_ai.usage.input_tokens': usage.prompt_tokens,
          'gen_ai.usage.output_tokens': usage.completion_tokens,
        });
        return ANSWER;
      } finally {
        by.inFlight.dec(MODEL);
        by.requests.inc(REQUEST);
        by.requestSeconds.observe(REQUEST, (performance.now() - start) / 1e3);
        span.end();
      }
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
    title: 'A step with its metrics, context and spans in memory, beside the same by hand',
    processes: true,
    contenders: { ours: traced(step), 'by hand': traced(byHand) },
  }),
];
