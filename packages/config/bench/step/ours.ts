import { type Config, initializeConfig, runTask } from '@map/config';
import { getLogger } from '@map/config/logger';
import { observeLlm } from '@map/config/metrics/llm';
import { metricValue } from '@map/config/metrics/testing';
import { loadSettings } from '@map/config/settings';
import { type Completion, DEADLINE_MS, type MakeStepper, MODEL, requestBody } from './stepper.ts';

type Ask = (url: string, body: object) => Promise<Completion>;

/** The step through `runTask`, `observeLlm` and the connections. */
const ours =
  (open: (config: Config) => Promise<Ask>): MakeStepper =>
  async ({ redisUrl, modelUrl, logFile }) => {
    const config = await initializeConfig({
      settings: () =>
        loadSettings({
          envFiles: [],
          env: {
            REDIS_URL: redisUrl,
            REDIS_COMMAND_TIMEOUT: `${DEADLINE_MS}ms`,
            METRICS_PORT: '0',
            LOG_FILE: logFile,
            // One file, as by hand.
            LOG_FILE_MAX_SIZE: '1GB',
          },
        }),
      logging: { console: false },
      signals: false,
    });
    const log = getLogger('agent');
    const redis = await config.connections.getRedisConnection();
    const ask = await open(config);
    return {
      step: (task) =>
        runTask({ type: 'step', taskId: `task-${task}`, agentId: 'planner' }, async () => {
          const key = `state:${task % 100}`;
          const state = await redis.get(key);
          log.info('Step begins', { step: task });
          const { choices, usage } = await observeLlm(MODEL, () =>
            ask(modelUrl, requestBody(state)),
          );
          log.info('Model answered', { step: task, completion_tokens: usage.completion_tokens });
          await redis.set(key, choices[0]?.message.content ?? '');
          log.info('Step done', { step: task });
        }),
      counted: async () => {
        const model = { provider: MODEL.provider, model: MODEL.model };
        return {
          tasks: metricValue('tasks_completed_total', { task_type: 'step' }),
          requests: metricValue('llm_requests_total', model),
          tokens:
            metricValue('llm_tokens_total', { ...model, type: 'prompt' }) +
            metricValue('llm_tokens_total', { ...model, type: 'completion' }),
        };
      },
      close: () => config.shutdown(),
    };
  };

export const withFetch: MakeStepper = ours(async ({ connections }) => {
  connections.addHttp('model', { origin: 'llm', timeoutMs: DEADLINE_MS });
  const fetch = connections.getFetch({ name: 'model' });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return async (url, body) => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Completion;
  };
});

export const withClient: MakeStepper = ours(async ({ connections }) => {
  const http = await connections.getHttpClient();
  const timeout = { request: DEADLINE_MS };
  return (url, json) => http.post(url, { json, timeout }).json<Completion>();
});
