import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { type Bench, type ContenderSteps, defineBench, quick } from '@map-tooling/bench';
import * as successor from '@prometheus-io/client';
import client from 'prom-client';
import { MetricsManager, startMetricsServer } from '../src/index.ts';
import { BOUNDS } from './libraries.ts';

const LINES_A_SERIES = BOUNDS.length + 3;
const SCRAPES = quick ? 1 : 5;
const labelNames = ['provider', 'model', 'status'] as const;

/** Reads a URL in a separate thread, so that only serving costs the main thread. */
const READER = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', async (url) => {
  const text = await (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).text();
  const lines = text.split('\\n').filter((line) => line.startsWith('h_')).length;
  const sum = text.split('\\n').filter((line) => line.startsWith('h_count')).reduce((a, line) => a + Number(line.split(' ').pop()), 0);
  parentPort.postMessage({ lines, sum });
});`;

interface Target {
  readonly url: string;
  stop(): Promise<unknown>;
}

interface Histogram {
  observe(labels: Record<string, string>, value: number): void;
}

function fill(histogram: Histogram, lines: number): void {
  for (let i = 0; i < lines / LINES_A_SERIES; i++) {
    const labels = { provider: `provider-${i % 5}`, model: `model-${i}`, status: 'success' };
    histogram.observe(labels, (i % 97) / 10);
  }
}

const targets: Record<string, (lines: number) => Promise<Target>> = {
  '@map/metrics': async (lines) => {
    const manager = new MetricsManager({ maxSeries: 1e6 });
    fill(
      manager.defineHistogram({ name: 'h', help: 'h', labels: labelNames, buckets: BOUNDS }),
      lines,
    );
    const server = await startMetricsServer({ port: 0, manager, processMetrics: false });
    return { url: `${server.url}/metrics`, stop: server.stop };
  },
  'prom-client': async (lines) => {
    const registry = new client.Registry();
    fill(
      new client.Histogram({
        name: 'h',
        help: 'h',
        labelNames,
        buckets: BOUNDS,
        registers: [registry],
      }),
      lines,
    );
    return serve(() => registry.metrics());
  },
  '@prometheus-io/client': async (lines) => {
    const registry = new successor.Registry();
    fill(
      new successor.Histogram({
        name: 'h',
        help: 'h',
        labelNames,
        buckets: BOUNDS,
        registers: [registry],
      }),
      lines,
    );
    return serve(() => registry.metrics());
  },
};

async function serve(render: () => Promise<string>): Promise<Target> {
  const server: Server = createServer((_request, response) => {
    void render().then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

interface Scrape {
  readonly blockMs: number;
  readonly cpuMs: number;
  readonly output: unknown;
}

/**
 * One scrape: the longest turn of the event loop, and all of the main thread's CPU time. A turn is
 * taken by the clock on the wall, because the CPU clock of a thread moves once in up to 4 ms.
 */
async function scrape(url: string, reader: Worker, watchTurns: boolean): Promise<Scrape> {
  const begin = cpuMs();
  let last = performance.now();
  let longest = 0;
  let running = watchTurns;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(turn);
  };
  if (watchTurns) setImmediate(turn);
  const output: unknown = await new Promise((resolve) => {
    reader.once('message', resolve);
    reader.postMessage(url);
  });
  running = false;
  return { blockMs: longest, cpuMs: cpuMs() - begin, output };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function contenders(lines: number): Record<string, ContenderSteps> {
  return Object.fromEntries(
    Object.entries(targets).map(([name, start]) => {
      let target: Target;
      let reader: Worker;
      let last: Scrape;
      return [
        name,
        {
          setup: async () => {
            target = await start(quick ? 1000 : lines);
            reader = new Worker(READER, { eval: true });
          },
          warmUp: async () => {
            for (let i = 0; i < SCRAPES; i++) last = await scrape(target.url, reader, false);
          },
          run: async () => {
            const blocks: number[] = [];
            const cpu: number[] = [];
            // Whatever else the machine does falls into some of them: the middle one counts.
            for (let i = 0; i < SCRAPES; i++) {
              last = await scrape(target.url, reader, true);
              blocks.push(last.blockMs);
            }
            // Without the watch, which costs CPU time as well.
            for (let i = 0; i < SCRAPES; i++) {
              last = await scrape(target.url, reader, false);
              cpu.push(last.cpuMs);
            }
            return {
              [`scrape-block-${lines}`]: median(blocks),
              [`scrape-cpu-${lines}`]: median(cpu),
            };
          },
          output: () => last.output,
          teardown: async () => {
            await reader.terminate();
            await target.stop();
          },
        },
      ];
    }),
  );
}

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[figures.length >> 1] as number;
}

/** Every reader got as many lines and the same counts. */
function sameLines(outputs: Record<string, unknown>): void {
  const texts = new Set(Object.values(outputs).map((output) => JSON.stringify(output)));
  if (texts.size !== 1) throw new Error(`the scrapes differ: ${[...texts].join(' ')}`);
}

export default [10_000, 100_000].map((lines) =>
  defineBench({
    kind: 'values',
    name: `scrape-${lines}`,
    figures: {
      [`scrape-block-${lines}`]: {
        title: `Scrape ${lines} lines: longest event-loop block`,
        ...{ unit: 'ms', better: 'lower', goals: [{ against: 'prom-client', atMost: 0.1 }] },
      },
      [`scrape-cpu-${lines}`]: {
        title: `Scrape ${lines} lines: CPU time of the main thread`,
        ...{ unit: 'ms', better: 'lower', goals: [{ against: 'prom-client', atMost: 0.4 }] },
      },
    },
    processes: true,
    contenders: contenders(lines),
    verify: sameLines,
  }),
) as Bench[];
