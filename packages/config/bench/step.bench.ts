import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { type Servers, startServers } from './step/servers.ts';
import type { Counted, MakeStepper, Stepper } from './step/stepper.ts';

/** Agents that work at the same time, each doing one step after the other. */
const AGENTS = 16;
const STEPS = quick ? 32 : 2_500;
/** V8 compiles in the time of the process: after these, a step costs what it costs a long-lived service. */
const WARM_STEPS = quick ? 16 : 8_000;

let servers: Servers;

interface Figures {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly megabytes: number;
}

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

async function measure(stepper: Stepper): Promise<Figures> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await run(stepper, STEPS);
  const seconds = (performance.now() - begun) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMicros: (user + system) / STEPS,
    perSecond: STEPS / seconds,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

function contender(make: () => Promise<MakeStepper>, figure: keyof Figures): ContenderSteps {
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
    run: async () => {
      // The run of the proof comes first: it warms the code up.
      const isWarm = counted !== undefined;
      if (!isWarm) await run(stepper, WARM_STEPS);
      const value = isWarm ? (await measure(stepper))[figure] : Number.NaN;
      counted = await stepper.counted();
      return value;
    },
    // What a step does, on average, and leaves behind.
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

function bench(
  name: string,
  title: string,
  figure: keyof Figures,
  unit: string,
  better: 'lower' | 'higher',
): Bench {
  return defineBench({
    kind: 'value',
    ...{ name, title, unit, better },
    // Users have one of them in a process.
    processes: true,
    rounds: 7,
    setup: async () => {
      servers = await startServers();
    },
    teardown: () => servers.stop(),
    contenders: {
      '@map/config, fetch': contender(
        async () => (await import('./step/ours.ts')).withFetch,
        figure,
      ),
      '@map/config, HTTP client': contender(
        async () => (await import('./step/ours.ts')).withClient,
        figure,
      ),
      "by hand, undici's fetch": contender(
        async () => (await import('./step/by-hand.ts')).withFetch,
        figure,
      ),
      "by hand, undici's request": contender(
        async () => (await import('./step/by-hand.ts')).withRequest,
        figure,
      ),
    },
    verify: (outputs) => {
      const [first, ...others] = Object.values(outputs);
      for (const other of others) deepStrictEqual(other, first);
      const { requests, tokens } = first as { requests: number; tokens: number };
      deepStrictEqual({ requests, tokens }, { requests: 1, tokens: 112 });
    },
  });
}

export default [
  bench('step', 'One agent step: CPU time', 'cpuMicros', 'µs', 'lower'),
  bench('step-rate', `Agent steps a second, ${AGENTS} agents`, 'perSecond', 'steps/s', 'higher'),
  bench(
    'step-memory',
    `Most memory of the process, ${WARM_STEPS + STEPS} steps`,
    'megabytes',
    'MB',
    'lower',
  ),
] as Bench[];
