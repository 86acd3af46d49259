import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Bench, defineBench, quick } from '@map-tooling/bench';
import bareGot, { type Got } from 'got';
import ky from 'ky';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { ConnectionManager, type ManagedFetch } from '../src/index.ts';
import { throughput } from './support/throughput.ts';
import { warmUp } from './support/warm-up.ts';

let server: ChildProcess;
let url = '';
let manager: ConnectionManager;
let ours: ManagedFetch;
let dispatcher: Agent;
let agent: HttpAgent;
let got: Got;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const body = JSON.stringify({
  model: 'm',
  messages: [{ role: 'user', content: 'What is the weather like in Paris today?' }],
});
const headers = { 'content-type': 'application/json', authorization: 'Bearer key' };
/** What goes over the wire is the same. */
const traced = { ...headers, traceparent };
const init = { method: 'POST', headers: traced, body };

/** The least that a `fetch` over undici's `request` can cost: nothing but the platform's `Response`. */
const LEAST = 'Response over undici request';

async function respond(): Promise<Response> {
  const {
    statusCode: status,
    headers: got,
    body: stream,
  } = await request(url, { ...init, dispatcher });
  return new Response(await stream.bytes(), { status, headers: got as Record<string, string> });
}

const json: Record<string, () => Promise<unknown>> = {
  '@map/connections': async () => (await ours(url, { method: 'POST', headers, body })).json(),
  'undici fetch': async () => (await undiciFetch(url, { ...init, dispatcher })).json(),
  'undici request': async () => (await request(url, { ...init, dispatcher })).body.json(),
  [LEAST]: async () => (await respond()).json(),
  'fetch of Node': async () => (await fetch(url, init)).json(),
  got: () => got.post(url, { headers: traced, body }).json(),
  ky: () => ky.post(url, { headers: traced, body }).json(),
};

const read = async (stream: unknown, chunks = 1_000): Promise<{ ok: boolean }> => {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
  return { ok: bytes === chunks * 200 };
};

const streamed: Record<string, () => Promise<unknown>> = {
  '@map/connections': async () => read((await ours(`${url}stream`)).body),
  'undici fetch': async () => read((await undiciFetch(`${url}stream`, { dispatcher })).body),
  'undici request': async () => read((await request(`${url}stream`, { dispatcher })).body),
  'fetch of Node': async () => read((await fetch(`${url}stream`)).body),
};

/** Time from each call to its first chunk, in microseconds: the median of many calls. */
async function firstToken(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < (quick ? 3 : 600); round++) {
    const startedAt = performance.now();
    const stream = (await call()) as AsyncIterable<Uint8Array>;
    let firstAt: number | undefined;
    for await (const _ of stream) firstAt ??= performance.now();
    // The first calls warm the code up.
    if (quick || round >= 200) times.push(((firstAt ?? Number.NaN) - startedAt) * 1_000);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

const opened: Record<string, () => Promise<unknown>> = {
  '@map/connections': async () => (await ours(`${url}tokens`)).body,
  'undici fetch': async () => (await undiciFetch(`${url}tokens`, { dispatcher })).body,
  'undici request': async () => (await request(`${url}tokens`, { dispatcher })).body,
  'fetch of Node': async () => (await fetch(`${url}tokens`)).body,
};

/** CPU time of this process for one call, in microseconds. */
async function cpu(tasks: number, calls: number, call: () => Promise<unknown>): Promise<number> {
  const go = async (each: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: tasks }, async () => {
        for (let round = 0; round < each; round++) await call();
      }),
    );
  };
  await go(Math.ceil(calls / 3));
  const before = process.cpuUsage();
  await go(calls);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (tasks * calls);
}

async function setup(): Promise<void> {
  const script = fileURLToPath(new URL('./support/model-server.ts', import.meta.url));
  server = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [port] = (await once(server, 'message')) as [number];
  url = `http://127.0.0.1:${port}/`;
  manager = new ConnectionManager({
    observer: { observe: () => {} },
    traceHeaders: () => ({ traceparent }),
  });
  manager.addHttp('model', { origin: 'llm', circuit: {} });
  ours = manager.getFetch({ name: 'model' });
  dispatcher = new Agent({ connections: 50 });
  agent = new HttpAgent({ keepAlive: true, maxSockets: 50 });
  got = bareGot.extend({ agent: { http: agent } });
}

async function teardown(): Promise<void> {
  await manager.closeAllConnections();
  await dispatcher.close();
  agent.destroy();
  server.kill();
}

function verify(outputs: Record<string, unknown>): void {
  for (const [name, output] of Object.entries(outputs)) {
    if ((output as { ok?: boolean }).ok !== true) throw new Error(`${name} got something else`);
  }
}

function bench(
  name: string,
  title: string,
  tasks: number,
  calls: Record<string, () => Promise<unknown>>,
  measure: (call: () => Promise<unknown>) => Promise<number>,
  figure: { unit: string; better: 'lower' | 'higher'; goals: NonNullable<Bench['goals']> },
  output: (call: () => Promise<unknown>) => () => Promise<unknown> = (call) => call,
): Bench {
  const contenders = Object.fromEntries(
    Object.entries(calls).map(([key, call]) => [
      key,
      {
        run: async () => {
          if (!quick && tasks > 0) await warmUp(tasks, call);
          return await measure(call);
        },
        output: output(call),
      },
    ]),
  );
  const rounds = quick ? 1 : 7;
  // Users run one client in a process; several would make each other's shared code slower.
  const common = { kind: 'value', processes: true, rounds, setup, teardown, verify } as const;
  return defineBench({ ...common, ...figure, name, title, contenders });
}

const many = quick ? 2 : 200;

export default [
  bench(
    'fetch-cpu',
    'JSON POST by 50 tasks: CPU time of the client',
    50,
    json,
    (call) => cpu(50, many, call),
    { unit: 'µs', better: 'lower', goals: [{ against: 'undici fetch', atMost: 0.6 }] },
  ),
  bench('fetch-rate', 'JSON POST by 50 tasks', 50, json, (call) => throughput(50, many, call), {
    unit: 'requests/s',
    better: 'higher',
    goals: [
      { against: 'undici request', atLeast: 0.8 },
      { against: LEAST, atLeast: 0.8 },
    ],
  }),
  bench(
    'fetch-one',
    'JSON POST by one task: CPU time of the client',
    1,
    json,
    (call) => cpu(1, many * 10, call),
    { unit: 'µs', better: 'lower', goals: [{ against: 'undici fetch', atMost: 0.6 }] },
  ),
  bench(
    'fetch-stream',
    'A response of 1,000 chunks: CPU time of the client',
    1,
    streamed,
    (call) => cpu(1, quick ? 2 : 60, call),
    { unit: 'µs', better: 'lower', goals: [{ against: 'undici fetch', atMost: 1 }] },
  ),
  bench(
    'fetch-first-token',
    'Time to the first chunk of a stream',
    // It warms the code up itself: these calls leave the body to it.
    0,
    opened,
    firstToken,
    { unit: 'µs', better: 'lower', goals: [{ against: 'undici fetch', atMost: 1 }] },
    (call) => async () => read(await call(), 2),
  ),
];
