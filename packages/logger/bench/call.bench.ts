import { type Bench, defineBench, quick } from '@map-tooling/bench';
import { getContext, runWithContext, setupLogging } from '../src/index.ts';
import { type Contestant, logTapeTo, ours, pinoTo, winstonTo } from './loggers.ts';

const CALLS = quick ? 10_000 : 2_000_000;

/** Nanoseconds a call, in one loop of CPU time. */
function measure(call: () => unknown, calls: number = CALLS): number {
  const start = process.threadCpuUsage();
  for (let count = 0; count < calls; count += 1) call();
  const { user, system } = process.threadCpuUsage(start);
  return ((user + system) * 1000) / calls;
}

function below(make: (path: string) => Contestant | Promise<Contestant>, calls?: number) {
  return async () => {
    const logger = await make('/dev/null');
    const figure = measure(() => logger.debug(), calls);
    await logger.close();
    return figure;
  };
}

const kind = { kind: 'value', unit: 'ns', better: 'lower', processes: true, rounds: 7 } as const;

export default [
  defineBench({
    ...kind,
    name: 'below-level',
    title: 'A call below the level, which writes nothing',
    goals: [{ atMost: 10 }],
    contenders: {
      '@map/logger': below(ours({})),
      pino: below(pinoTo(true)),
      LogTape: below(logTapeTo, CALLS / 10),
      winston: below(winstonTo, CALLS / 100),
    },
  }),
  defineBench({
    ...kind,
    name: 'context',
    title: 'Look up the current context',
    goals: [{ atMost: 20 }],
    contenders: {
      getContext: {
        setup: () => setupLogging({ console: false }),
        run: () => runWithContext({ task_id: 't' }, () => measure(getContext)),
      },
    },
  }),
] as Bench[];
