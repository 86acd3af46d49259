import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { type Servers, startServers } from './step/servers.ts';
import type { Counted, MakeStepper, Stepper } from './step/stepper.ts';

/** Agents that work at the same time, each doing one step after the other. */
const AGENTS = 16;
const STEPS = quick ? 32 : 2_000;
/**
 * V8 compiles in the time of the process: after these, a step costs what it costs a long-lived
 * service. After 10,000 it still costs half as much again, with each of the contenders.
 */
const WARM_STEPS = quick ? 16 : 16_000;

let servers: Servers;

async function run(stepper: Stepper, steps: number): Promise<void> {
  let next = 0;
  const agent = async (): Promise<void> => {
    while (next < steps) {
      next += 1;
      await stepper.step(next);
    }
  };
  await Promise.all(Array.from({ length: AGENTS }, agent));
}

async function measure(stepper: Stepper): Promise<Record<string, number>> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await run(stepper, STEPS);
  const seconds = (performance.now() - begun) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return {
    step: (user + system) / STEPS,
    'step-rate': STEPS / seconds,
    'step-memory': process.resourceUsage().maxRSS / 1024,
  };
}

function contender(make: () => Promise<MakeStepper>): ContenderSteps {
  const logFile = join(tmpdir(), `map-step-${process.pid}.log`);
  let stepper: Stepper;
  let counted: Counted;
  return {
    setup: async () => {
      stepper = await (await make())({
        redisUrl: servers.redis.url,
        modelUrl: servers.modelUrl,
        logFile,
      });
    },
    warmUp: async () => {
      await run(stepper, WARM_STEPS);
      counted = await stepper.counted();
    },
    run: async () => {
      const figures = await measure(stepper);
      counted = await stepper.counted();
      return figures;
    },
    // The average effects of a step.
    output: async () => ({
      requests: counted.requests / counted.tasks,
      tokens: counted.tokens / counted.tasks,
      state: await servers.redis.command('GET', 'state:1'),
    }),
    teardown: async () => {
      await stepper.close();
      const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
      rmSync(logFile);
      const tasks = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['agent_id'] === 'planner' && line['task_id'] && line['trace_id']);
      if (tasks.length !== 3 * counted.tasks) {
        throw new Error(`${tasks.length} lines of ${counted.tasks} steps`);
      }
    },
  };
}

export default defineBench({
  kind: 'values',
  name: 'step',
  figures: {
    step: {
      title: 'One agent step: CPU time',
      unit: 'µs',
      better: 'lower',
      goals: [
        { against: "by hand, undici's fetch", atMost: 0.7 },
        { against: "by hand, undici's request", atMost: 1 },
      ],
    },
    'step-rate': {
      title: `Agent steps a second, ${AGENTS} agents`,
      unit: 'steps/s',
      better: 'higher',
    },
    'step-memory': {
      title: 'Most memory of the process',
      unit: 'MB',
      better: 'lower',
    },
  },
  // Users have one of them in a process.
  processes: true,
  rounds: 8,
  roundsAProcess: 4,
  setup: async () => {
    servers = await startServers();
  },
  teardown: () => servers.stop(),
  contenders: {
    '@map/config, fetch': contender(async () => (await import('./step/ours.ts')).withFetch),
    '@map/config, HTTP client': contender(async () => (await import('./step/ours.ts')).withClient),
    "by hand, undici's fetch": contender(async () => (await import('./step/by-hand.ts')).withFetch),
    "by hand, undici's request": contender(
      async () => (await import('./step/by-hand.ts')).withRequest,
    ),
  },
  verify: (outputs) => {
    const [first, ...others] = Object.values(outputs);
    for (const other of others) deepStrictEqual(other, first);
    const { requests, tokens } = first as { requests: number; tokens: number };
    deepStrictEqual({ requests, tokens }, { requests: 1, tokens: 112 });
  },
}) as Bench;
