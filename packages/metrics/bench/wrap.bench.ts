import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import client from 'prom-client';
import { BUCKETS, MetricsManager, timedMetric } from '../src/index.ts';
import { observeLlm } from '../src/llm/llm.ts';
import { metricValue } from '../src/testing.ts';

const SLICES = quick ? 1 : 250;
const CALLS_A_SLICE = quick ? 500 : 200;

interface Answer {
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

const ANSWER: Answer = { usage: { prompt_tokens: 120, completion_tokens: 30 } };
const call = async (): Promise<Answer> => ANSWER;
const llm = { provider: 'openai', model: 'gpt-4o', operation: 'chat' };

/** The records of a contender: calls, timings, tokens. */
type Recorded = readonly number[];

interface Wrapped {
  run(): Promise<Answer>;
  recorded(): Promise<Recorded>;
}

/** Nanoseconds a call: the middle one of many short loops, so that an interrupted one does not count. */
function contender(make: () => Wrapped): ContenderSteps {
  let wrapped: Wrapped;
  return {
    setup: () => {
      wrapped = make();
    },
    run: async () => {
      const slices: number[] = [];
      for (let slice = 0; slice < SLICES; slice++) {
        const start = performance.now();
        for (let i = 0; i < CALLS_A_SLICE; i++) await wrapped.run();
        slices.push(((performance.now() - start) * 1e6) / CALLS_A_SLICE);
      }
      return slices.sort((a, b) => a - b)[SLICES >> 1] as number;
    },
    output: () => wrapped.recorded(),
  };
}

const alone = contender(() => ({ run: call, recorded: async () => [] }));

function observed(): Wrapped {
  const manager = new MetricsManager();
  return {
    run: () => observeLlm({ ...llm, manager }, call),
    recorded: async () =>
      ['llm_requests_total', 'llm_request_duration_seconds', 'llm_tokens_total'].map((name) =>
        metricValue(name, {}, manager),
      ),
  };
}

function timed(): Wrapped {
  const manager = new MetricsManager();
  const { provider, model, operation } = llm;
  const labels = { provider, model, operation };
  return {
    run: timedMetric(manager.metric('llm', 'duration'), labels)(call),
    recorded: async () => [metricValue('llm_request_duration_seconds', {}, manager)],
  };
}

/** The same metrics, written out around each call. */
function byHand(): Wrapped {
  const registers = [new client.Registry()];
  const pair = ['provider', 'model'];
  const full = [...pair, 'operation', 'status'];
  const requests = new client.Counter({ name: 'r_total', help: 'r', labelNames: full, registers });
  const duration = new client.Histogram({
    name: 'd',
    help: 'd',
    labelNames: full,
    buckets: [...BUCKETS.LLM],
    registers,
  });
  const typed = { labelNames: [...pair, 'type'], registers };
  const tokens = new client.Counter({ name: 't_total', help: 't', ...typed });
  const sizes = new client.Histogram({ name: 's', help: 's', buckets: [...BUCKETS.TOK], ...typed });
  const inFlight = new client.Gauge({ name: 'f', help: 'f', labelNames: pair, registers });
  const { provider, model, operation } = llm;
  return {
    run: async () => {
      inFlight.inc({ provider, model });
      const end = duration.startTimer({ provider, model, operation });
      const answer = await call();
      end({ status: 'success' });
      inFlight.dec({ provider, model });
      requests.inc({ provider, model, operation, status: 'success' });
      const { prompt_tokens, completion_tokens } = answer.usage;
      tokens.inc({ provider, model, type: 'prompt' }, prompt_tokens);
      tokens.inc({ provider, model, type: 'completion' }, completion_tokens);
      sizes.observe({ provider, model, type: 'prompt' }, prompt_tokens);
      sizes.observe({ provider, model, type: 'completion' }, completion_tokens);
      return answer;
    },
    recorded: async () => [await sum(requests), await count(duration), await sum(tokens)],
  };
}

function timedByHand(): Wrapped {
  const duration = new client.Histogram({
    name: 'd',
    help: 'd',
    labelNames: ['provider', 'model', 'operation', 'status'],
    buckets: [...BUCKETS.LLM],
    registers: [new client.Registry()],
  });
  return {
    run: async () => {
      const end = duration.startTimer(llm);
      try {
        const answer = await call();
        end({ status: 'success' });
        return answer;
      } catch (error) {
        end({ status: 'error' });
        throw error;
      }
    },
    recorded: async () => [await count(duration)],
  };
}

async function sum(counter: client.Counter): Promise<number> {
  return (await counter.get()).values.reduce((total, { value }) => total + value, 0);
}

async function count(histogram: client.Histogram): Promise<number> {
  const { values } = await histogram.get();
  return values.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0;
}

/** Each contender that records has recorded every call, and the same of each. */
function sameShares(outputs: Record<string, unknown>): void {
  const [ours, theirs] = Object.values(outputs).map((output) => {
    const recorded = output as Recorded;
    return JSON.stringify(recorded.map((value) => value / (recorded[0] as number)));
  });
  const [first] = Object.values(outputs) as Recorded[];
  if (ours !== theirs || !(Number(first?.[0]) >= 500)) throw new Error(JSON.stringify(outputs));
}

const common = { kind: 'value', unit: 'ns', better: 'lower', processes: true } as const;

export default [
  defineBench({
    ...common,
    name: 'observe-llm',
    title: 'Observe a model call: 7 measurements, usage read from the answer',
    goals: [{ against: 'prom-client by hand', atMost: 1 }],
    contenders: {
      observeLlm: contender(observed),
      'prom-client by hand': contender(byHand),
      'the call alone': alone,
    },
    verify: sameShares,
  }),
  defineBench({
    ...common,
    name: 'timed-metric',
    title: 'Time an async function',
    goals: [{ against: 'prom-client by hand', atMost: 1 }],
    contenders: {
      timedMetric: contender(timed),
      'prom-client by hand': contender(timedByHand),
      'the call alone': alone,
    },
    verify: sameShares,
  }),
] as Bench[];
