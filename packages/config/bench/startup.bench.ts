import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Bench, defineBench, quick } from '@map-tooling/bench';
import { type Servers, startServers } from './step/servers.ts';

interface Report {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly megabytes: number;
  readonly work: { readonly counted: boolean };
}

const SCRIPTS = {
  '@map/config, started': 'ours',
  'zod + pino + prom-client + ioredis, wired by hand': 'by-hand',
  'winston + redis + got + prom-client + env-schema + typebox, imported': 'eager',
} as const;

const [, HAND, EAGER] = Object.keys(SCRIPTS) as [string, string, string];

/** Starts a separate process and takes its report. */
function begin(script: string, env: Record<string, string> = {}): Report {
  const path = fileURLToPath(new URL(`./startup/${script}.mjs`, import.meta.url));
  const { stderr } = spawnSync(process.execPath, [path], {
    env: { METRICS_PORT: '0', WORKER_COUNT: '8', ...env },
    encoding: 'utf8',
  });
  return JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Report;
}

function sameWork(outputs: Record<string, unknown>): void {
  const [ours, hand] = Object.values(outputs);
  deepStrictEqual(ours, hand);
  strictEqual((ours as Report['work']).counted, true);
}

const start = defineBench({
  kind: 'values',
  name: 'start',
  figures: {
    start: {
      title: 'From nothing to ready, in a new process',
      unit: 'ms',
      better: 'lower',
      goals: [
        { against: EAGER, atMost: 0.35 },
        { against: HAND, atMost: 0.8 },
      ],
    },
    'start-cpu': {
      title: 'The same in CPU time, Node itself included',
      unit: 'ms',
      better: 'lower',
    },
    'start-memory': {
      title: 'The memory of the process when it is ready',
      unit: 'MB',
      better: 'lower',
    },
  },
  rounds: quick ? 1 : 9,
  verify: sameWork,
  contenders: Object.fromEntries(
    Object.entries(SCRIPTS).map(([contender, script]) => [
      contender,
      {
        run: () => {
          const { milliseconds, cpuMilliseconds, megabytes } = begin(script);
          return { start: milliseconds, 'start-cpu': cpuMilliseconds, 'start-memory': megabytes };
        },
        output: () => begin(script, { PROVE: '1' }).work,
      },
    ]),
  ),
});

let servers: Servers;

/** Starts a process that also does its first work, and scrapes it when it asks for that. */
async function work(script: string): Promise<Report> {
  const child = fork(fileURLToPath(new URL(`./startup/${script}.mjs`, import.meta.url)), {
    env: {
      ...{ METRICS_PORT: '0', WORKER_COUNT: '8', FIRST_WORK: '1' },
      ...{ REDIS_URL: servers.redis.url, MODEL_URL: servers.modelUrl },
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.once('message', async (port) => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    const text = await response.text();
    child.send(/^tasks_created_total(\{.*\})? 1$/m.test(text) && text.includes('process_cpu'));
  });
  await once(child, 'close');
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Report;
}

const firstWork = defineBench({
  kind: 'value',
  name: 'first-work',
  title: 'From nothing to the first work: Redis GET, JSON POST and scrape done',
  unit: 'ms',
  better: 'lower',
  rounds: quick ? 1 : 9,
  goals: [{ against: HAND, atMost: 0.8 }],
  setup: async () => {
    servers = await startServers();
  },
  teardown: () => servers.stop(),
  verify: (outputs) => {
    const [ours, hand] = Object.values(outputs);
    deepStrictEqual(ours, hand);
    const { state, tokens, scraped } = ours as Record<string, unknown>;
    deepStrictEqual({ state, tokens, scraped }, { state: null, tokens: 112, scraped: true });
  },
  contenders: Object.fromEntries(
    [['@map/config, `warmUp`', 'ours'] as const, [HAND, 'by-hand'] as const].map(
      ([contender, script]) => [
        contender,
        {
          run: async () => (await work(script)).milliseconds,
          output: async () => (await work(script)).work,
        },
      ],
    ),
  ),
});

export default [firstWork, start] as Bench[];
