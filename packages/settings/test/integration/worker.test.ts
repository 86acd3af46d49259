import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { loadSettings, toWorkerData } from '../../src/index.ts';

const INDEX = new URL('../../src/index.ts', import.meta.url).href;

const WORKER = `
  import { inspect } from 'node:util';
  import { parentPort, workerData } from 'node:worker_threads';
  const { fromWorkerData, getSettings } = await import(${JSON.stringify(INDEX)});
  const settings = fromWorkerData(workerData);
  const attempts = [
    () => { settings.APP_NAME = 'x'; },
    () => { settings.ENABLED_MODELS.push('x'); },
    () => { settings.ENABLED_MODELS_SET.add('x'); },
    () => { settings.LLM_PROVIDERS_CONFIG.openai.timeout = 1; },
  ];
  parentPort.postMessage({
    refused: attempts.filter((attempt) => { try { attempt(); return false; } catch { return true; } }).length,
    key: settings.OPENAI_API_KEY.reveal(),
    nested: settings.LLM_PROVIDERS_CONFIG.openai.api_key.reveal(),
    has: settings.ENABLED_MODELS_SET.has('gpt-4'),
    shown: inspect(settings, { depth: null }) + JSON.stringify(settings),
    own: getSettings().APP_NAME,
  });
`;

test('settings go through workerData and come back frozen, secrets included', async () => {
  const env = { OPENAI_API_KEY: 'hunter2', ENABLED_MODELS: 'gpt-4' };
  const settings = loadSettings({ env, envFiles: [] });
  const source = new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`);
  const worker = new Worker(source, {
    workerData: toWorkerData(settings),
    execArgv: ['--conditions=@map/source'],
    env: { ...process.env, APP_NAME: 'in the worker' },
  });
  const [message] = await once(worker, 'message');
  expect(message).toEqual({
    refused: 4,
    key: 'hunter2',
    nested: 'hunter2',
    has: true,
    shown: expect.not.stringContaining('hunter2'),
    own: 'in the worker',
  });
});
