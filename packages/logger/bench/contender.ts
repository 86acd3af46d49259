import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContenderSteps, quick } from '@map-tooling/bench';
import type { Contestant, Fields } from './loggers.ts';

export type Maker = (path: string) => Contestant | Promise<Contestant>;

const TURNS_A_SLICE = 5;
const LINES_A_TURN = 50;

/**
 * Nanoseconds a line: the middle one of many short slices, so that a slice which another process
 * interrupted does not count. The CPU clock of a thread is too coarse for this.
 */
export async function measure(write: () => void, count = 240): Promise<number> {
  const most = quick ? 2 : count;
  const slices: number[] = [];
  for (let slice = 0; slice < most; slice += 1) {
    const start = performance.now();
    for (let turn = 0; turn < TURNS_A_SLICE; turn += 1) {
      for (let line = 0; line < LINES_A_TURN; line += 1) write();
      // Work that was deferred to the end of the turn counts.
      await new Promise((resolve) => setImmediate(resolve));
    }
    slices.push(((performance.now() - start) * 1e6) / (TURNS_A_SLICE * LINES_A_TURN));
  }
  return slices.sort((a, b) => a - b)[most >> 1] as number;
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

export function contender(make: Maker, slices?: number): ContenderSteps {
  return {
    async run() {
      // A new one each time: some of the loggers share a set-up within their process.
      const logger = await make('/dev/null');
      const figure = await measure(() => logger.line(), slices);
      await logger.close();
      return figure;
    },
    output: () => written(make),
  };
}

let made = 0;

/** Fields that were never logged before, as a service has them: ids, counts, durations. */
function newFields(): Fields {
  made += 1;
  return { custom_field: `custom value ${made}`, execution_time: made / 7919 };
}

/**
 * Measures lines that repeat their values, and lines with new ones.
 *
 * @param row - the name of the figure; that of the new values is `${row}-new`
 */
export function both(row: string, make: Maker): ContenderSteps {
  return {
    ...contender(make),
    async run() {
      const logger = await make('/dev/null');
      const same = await measure(() => logger.line());
      const fresh = await measure(() => logger.line(newFields()));
      await logger.close();
      return { [row]: same, [`${row}-new`]: fresh };
    },
  };
}

export function sameLine(outputs: Record<string, unknown>): void {
  const [reference, ...others] = Object.entries(outputs);
  for (const [name, output] of others) {
    const [seen, expected] = [output, reference?.[1]].map((fields) => JSON.stringify(fields));
    if (seen !== expected) {
      throw new Error(`${name} writes ${seen?.slice(0, 500)}, not ${expected?.slice(0, 500)}`);
    }
  }
}
