import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import { type Contestant, logTapeTo, ours, pinoTo, winstonTo } from './loggers.ts';

type Maker = (path: string) => Contestant | Promise<Contestant>;

const SLICES = quick ? 2 : 60;
const TURNS_A_SLICE = 20;
const LINES_A_TURN = 50;

/**
 * Nanoseconds a line: the middle one of many short slices, so that a slice which another process
 * interrupted does not count. The CPU clock of a thread is too coarse for this.
 */
async function measure(write: () => void): Promise<number> {
  const slices: number[] = [];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const start = performance.now();
    for (let turn = 0; turn < TURNS_A_SLICE; turn += 1) {
      for (let line = 0; line < LINES_A_TURN; line += 1) write();
      // What was put off to the end of the turn is part of the work.
      await new Promise((resolve) => setImmediate(resolve));
    }
    slices.push(((performance.now() - start) * 1e6) / (TURNS_A_SLICE * LINES_A_TURN));
  }
  return slices.sort((a, b) => a - b)[SLICES >> 1] as number;
}

/** The fields of the one line a logger writes, whatever it calls them. */
async function written(make: Maker): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'logger-bench-'));
  const path = join(folder, 'one.log');
  const logger = await make(path);
  logger.debug();
  logger.line();
  await logger.close();
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  if (lines.length !== 1) throw new Error(`${lines.length} lines instead of one`);
  const found = JSON.parse(lines[0] as string) as Record<string, unknown>;
  const {
    '@timestamp': at,
    timestamp = at ?? found['time'],
    time,
    properties,
    logger: category,
    name,
    ...rest
  } = found;
  if (Number.isNaN(Date.parse(String(timestamp)))) throw new Error('no time in the line');
  const level = String(rest['level']).toUpperCase();
  const fields = { ...rest, ...(properties as object | undefined), level, name: name ?? category };
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function contender(make: Maker): ContenderSteps {
  return {
    async run() {
      // Made anew each time: some of the loggers share a set-up within their process.
      const logger = await make('/dev/null');
      const figure = await measure(() => logger.line());
      await logger.close();
      return figure;
    },
    output: () => written(make),
  };
}

function sameLine(outputs: Record<string, unknown>): void {
  const [reference, ...others] = Object.entries(outputs);
  for (const [name, output] of others) {
    if (JSON.stringify(output) !== JSON.stringify(reference?.[1])) {
      throw new Error(
        `${name} writes ${JSON.stringify(output)}, not ${JSON.stringify(reference?.[1])}`,
      );
    }
  }
}

const five = ['password', 'card', 'pin', 'ssn', 'iban'];
const plain = ours({ redact: { defaultKeys: false } });
const kind = { kind: 'value', unit: 'ns', better: 'lower', processes: true } as const;

export default [
  defineBench({
    ...kind,
    name: 'line',
    title: 'A line of nine fields to a file, each written at once',
    goals: [{ against: 'pino, sync', atMost: 0.6 }],
    rounds: 7,
    contenders: {
      '@map/logger, line': contender(ours({ buffering: 'line' })),
      'pino, sync': contender(pinoTo(true)),
      '@map/logger, line, caller fields': contender(ours({ buffering: 'line', caller: 'always' })),
    },
    verify: ({ '@map/logger, line': one, 'pino, sync': two }) => sameLine({ one, two }),
  }),
  defineBench({
    ...kind,
    name: 'buffered',
    title: 'A line of nine fields to a file, buffered',
    goals: [
      { against: 'pino, buffered', atMost: 0.6 },
      { against: 'winston', atMost: 0.35 },
    ],
    rounds: 7,
    contenders: {
      '@map/logger': contender(ours({})),
      'pino, buffered': contender(pinoTo(false)),
      winston: contender(winstonTo),
      LogTape: contender(logTapeTo),
      '@map/logger, caller fields': contender(ours({ caller: 'always' })),
    },
    verify: ({ '@map/logger, caller fields': _, ...outputs }) => sameLine(outputs),
  }),
  defineBench({
    ...kind,
    name: 'redaction',
    title: 'The same line, with five keys to look for and with none',
    goals: [{ against: 'none', atMost: 1.2 }],
    rounds: 7,
    contenders: {
      'five keys': contender(ours({ redact: { defaultKeys: false, keys: five } })),
      none: contender(plain),
      'usual keys': contender(ours({})),
    },
  }),
] as Bench[];
