import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, defineBench } from '@map-tooling/bench';

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

/** Starts a process of its own and takes its report. */
function start(script: string, env: Record<string, string> = {}): Report {
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

function startup(
  name: string,
  title: string,
  unit: string,
  figure: Exclude<keyof Report, 'work'>,
  goals = true,
): Bench {
  return defineBench({
    kind: 'value',
    name,
    title,
    unit,
    better: 'lower',
    ...(goals && {
      goals: [
        { against: EAGER, atMost: 0.35 },
        { against: HAND, atMost: 0.8 },
      ],
    }),
    verify: sameWork,
    contenders: Object.fromEntries(
      Object.entries(SCRIPTS).map(([contender, script]) => [
        contender,
        {
          run: () => start(script)[figure],
          output: () => start(script, { PROVE: '1' }).work,
        },
      ]),
    ),
  });
}

export default [
  startup('start', 'From nothing to ready, in a new process', 'ms', 'milliseconds'),
  startup(
    'start-cpu',
    'The same in CPU time, Node itself included',
    'ms',
    'cpuMilliseconds',
    false,
  ),
  startup('start-memory', 'The memory of the process when it is ready', 'MB', 'megabytes', false),
] as Bench[];
