import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Agent, fetch, request } from 'undici';
import { type Completion, DEADLINE_MS, type MakeStepper, MODEL, requestBody } from './stepper.ts';

interface Context {
  readonly trace_id: string;
  readonly span_id: string;
  readonly task_id: string;
  readonly agent_id: string;
}

/** Asks the model. */
type Ask = (
  dispatcher: Agent,
  url: string,
  headers: Record<string, string>,
  body: string,
) => Promise<unknown>;

const viaFetch: Ask = async (dispatcher, url, headers, body) => {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(url, { method: 'POST', headers, body, signal, dispatcher });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.json();
};

const viaRequest: Ask = async (dispatcher, url, headers, body) => {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const response = await request(url, { method: 'POST', headers, body, signal, dispatcher });
  if (response.statusCode >= 400) throw new Error(`status ${response.statusCode}`);
  return await response.body.json();
};

/** The same step with the usual libraries: pino, prom-client, ioredis and undici. */
function byHand(ask: Ask): MakeStepper {
  return async ({ redisUrl, modelUrl, logFile }) => {
    const contexts = new AsyncLocalStorage<Context>();
    const destination = pino.destination({ dest: logFile, sync: false, minLength: 4096 });
    const log = pino(
      {
        name: 'agent',
        base: { pid: process.pid },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (level) => ({ level }) },
        redact: ['password', 'token', 'authorization', '*.password', '*.token', '*.authorization'],
        mixin: () => contexts.getStore() ?? {},
      },
      destination,
    );
    const redis = new Redis(redisUrl, { commandTimeout: DEADLINE_MS });
    await redis.ping();
    const agent = new Agent({ connections: 50 });
    const metrics = makeMetrics();
    return {
      step: (task) => {
        const context: Context = {
          trace_id: randomBytes(16).toString('hex'),
          span_id: randomBytes(8).toString('hex'),
          task_id: `task-${task}`,
          agent_id: 'planner',
        };
        return contexts.run(context, () =>
          metrics.task('step', async () => {
            const key = `state:${task % 100}`;
            const state = await redis.get(key);
            log.info({ step: task }, 'Step begins');
            const headers = {
              'content-type': 'application/json',
              accept: 'application/json',
              traceparent: `00-${context.trace_id}-${context.span_id}-01`,
            };
            const { choices, usage } = await metrics.model(
              () =>
                ask(
                  agent,
                  modelUrl,
                  headers,
                  JSON.stringify(requestBody(state)),
                ) as Promise<Completion>,
            );
            log.info({ step: task, completion_tokens: usage.completion_tokens }, 'Model answered');
            await redis.set(key, choices[0]?.message.content ?? '');
            log.info({ step: task }, 'Step done');
          }),
        );
      },
      counted: async () => ({
        tasks: await metrics.sum(metrics.completed),
        requests: await metrics.sum(metrics.requests),
        tokens: await metrics.sum(metrics.tokens),
      }),
      close: async () => {
        redis.disconnect();
        await agent.close();
        await new Promise((resolve) => {
          destination.once('close', resolve);
          destination.end();
        });
      },
    };
  };
}

function makeMetrics() {
  const registers = [new Registry()];
  const model = ['provider', 'model'];
  const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
  const task = { labelNames: ['task_type', 'status'], registers };
  const completed = new Counter({ name: 'tasks_completed_total', help: 'Tasks', ...task });
  const duration = new Histogram({
    name: 'task_duration_seconds',
    help: 'Tasks',
    buckets,
    ...task,
  });
  const running = new Gauge({
    ...{ name: 'tasks_in_progress', help: 'Tasks', labelNames: ['task_type'], registers },
  });
  const requests = new Counter({
    ...{
      name: 'llm_requests_total',
      help: 'Requests',
      labelNames: [...model, 'status'],
      registers,
    },
  });
  const tokens = new Counter({
    ...{
      name: 'llm_tokens_total',
      help: 'Tokens',
      labelNames: [...model, 'token_type'],
      registers,
    },
  });
  const modelDuration = new Histogram({
    name: 'llm_request_duration_seconds',
    ...{ help: 'Requests', labelNames: [...model, 'operation'], buckets, registers },
  });
  const modelsInFlight = new Gauge({
    ...{ name: 'llm_requests_in_flight', help: 'Requests', labelNames: model, registers },
  });
  return {
    completed,
    requests,
    tokens,
    sum: async (counter: Counter): Promise<number> =>
      (await counter.get()).values.reduce((sum, { value }) => sum + value, 0),
    task: async (type: string, work: () => Promise<void>): Promise<void> => {
      const begun = performance.now();
      let status = 'success';
      running.inc({ task_type: type });
      try {
        await work();
      } catch (error) {
        status = 'failed';
        throw error;
      } finally {
        running.dec({ task_type: type });
        completed.inc({ task_type: type, status });
        duration.observe({ task_type: type, status }, (performance.now() - begun) / 1e3);
      }
    },
    model: async (run: () => Promise<Completion>): Promise<Completion> => {
      const { provider, model: name, operation } = MODEL;
      const labels = { provider, model: name };
      const begun = performance.now();
      let status = 'success';
      modelsInFlight.inc(labels);
      try {
        const completion = await run();
        const { prompt_tokens, completion_tokens } = completion.usage;
        tokens.inc({ ...labels, token_type: 'prompt' }, prompt_tokens);
        tokens.inc({ ...labels, token_type: 'completion' }, completion_tokens);
        return completion;
      } catch (error) {
        status = 'error';
        throw error;
      } finally {
        modelsInFlight.dec(labels);
        requests.inc({ ...labels, status });
        modelDuration.observe({ ...labels, operation }, (performance.now() - begun) / 1e3);
      }
    },
  };
}

export const withFetch: MakeStepper = byHand(viaFetch);
export const withRequest: MakeStepper = byHand(viaRequest);
