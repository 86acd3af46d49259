import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Bench, defineBench, type Figure, quick } from '@map-tooling/bench';
import bareGot, { type Got } from 'got';
import ky from 'ky';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { ConnectionManager, type ManagedFetch } from '../src/index.ts';
import { load, warmUp } from './support/load.ts';
import type { Ports } from './support/model-server.ts';

let server: ChildProcess;
let url = '';
let streamUrl = '';
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
/** All send the same bytes. */
const traced = { ...headers, traceparent };
const init = { method: 'POST', headers: traced, body };

/** The simplest `fetch` over undici's `request`: nothing but the platform's `Response`. */
const SIMPLEST = 'Response over undici request';

async function respond(): Promise<Response> {
  const {
    statusCode: status,
    headers: got,
    body: stream,
  } = await request(url, { ...init, dispatcher });
  return new Response(await stream.bytes(), { status, headers: got as Record<string, string> });
}

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

const json: Calls = {
  '@map/connections': async () => (await ours(url, { method: 'POST', headers, body })).json(),
  'undici fetch': async () => (await undiciFetch(url, { ...init, dispatcher })).json(),
  'undici request': async () => (await request(url, { ...init, dispatcher })).body.json(),
  [SIMPLEST]: async () => (await respond()).json(),
  'fetch of Node': async () => (await fetch(url, init)).json(),
  got: () => got.post(url, { headers: traced, body }).json(),
  ky: () => ky.post(url, { headers: traced, body }).json(),
};

const read = async (stream: unknown): Promise<{ ok: boolean }> => {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
  return { ok: bytes === 1_000 * 200 };
};

const streamed: Calls = {
  '@map/connections': async () => read((await ours(`${streamUrl}stream`)).body),
  'undici fetch': async () => read((await undiciFetch(`${streamUrl}stream`, { dispatcher })).body),
  'undici request': async () => read((await request(`${streamUrl}stream`, { dispatcher })).body),
  'fetch of Node': async () => read((await fetch(`${streamUrl}stream`)).body),
};

/** Time from each call to its first chunk, in microseconds: the median of many calls. */
async function firstToken(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < (quick ? 3 : 500); round++) {
    const startedAt = performance.now();
    const stream = (await call()) as AsyncIterable<Uint8Array>;
    let firstAt: number | undefined;
    let bytes = 0;
    for await (const chunk of stream) {
      firstAt ??= performance.now();
      bytes += chunk.byteLength;
    }
    if (bytes !== 2 * 200) throw new Error(`the stream had ${bytes} bytes`);
    // The first calls warm the code up.
    if (quick || round >= 200) times.push(((firstAt ?? Number.NaN) - startedAt) * 1_000);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

const opened: Calls = {
  '@map/connections': async () => (await ours(`${streamUrl}tokens`)).body,
  'undici fetch': async () => (await undiciFetch(`${streamUrl}tokens`, { dispatcher })).body,
  'undici request': async () => (await request(`${streamUrl}tokens`, { dispatcher })).body,
  'fetch of Node': async () => (await fetch(`${streamUrl}tokens`)).body,
};

async function setup(): Promise<void> {
  const script = fileURLToPath(new URL('./support/model-server.ts', import.meta.url));
  server = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [ports] = (await once(server, 'message')) as [Ports];
  url = `http://127.0.0.1:${ports.json}/`;
  streamUrl = `http://127.0.0.1:${ports.streams}/`;
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

/** Many tasks, as in a busy service, and one. */
async function posts(call: () => Promise<unknown>): Promise<Record<string, number>> {
  const many = await load(50, quick ? 1 : 300, call);
  const one = await load(1, quick ? 1 : 100, call);
  return { 'fetch-cpu': many.cpu, 'fetch-rate': many.rate, 'fetch-one': one.cpu };
}

async function streams(name: string): Promise<Record<string, number>> {
  const whole = await load(1, quick ? 1 : 200, called(streamed, name));
  return { 'fetch-stream': whole.cpu, 'fetch-first-token': await firstToken(called(opened, name)) };
}

function called(calls: Calls, name: string): () => Promise<unknown> {
  return calls[name] as () => Promise<unknown>;
}

function bench(
  name: string,
  figures: Record<string, Figure>,
  calls: Calls,
  warm: readonly [tasks: number, calls: number],
  roundsAProcess: number,
  run: (name: string) => Promise<Record<string, number>>,
): Bench {
  const contenders = Object.fromEntries(
    Object.entries(calls).map(([key, call]) => [
      key,
      { warmUp: () => !quick && warmUp(...warm, 5_000, call), run: () => run(key), output: call },
    ]),
  );
  return defineBench({
    kind: 'values',
    // Users run one client in a process; several would make each other's shared code slower.
    processes: true,
    rounds: 2 * roundsAProcess,
    ...{ roundsAProcess, name, figures, setup, teardown, verify, contenders },
  });
}

function cost(title: string, atMost: number): Figure {
  return { title, unit: 'µs', better: 'lower', goals: [{ against: 'undici fetch', atMost }] };
}

export default [
  bench(
    'fetch-json',
    {
      'fetch-cpu': cost('JSON POST by 50 tasks: CPU time of the client', 0.6),
      'fetch-rate': {
        title: 'JSON POST by 50 tasks',
        unit: 'requests/s',
        better: 'higher',
        goals: [
          { against: 'undici request', atLeast: 0.8 },
          { against: SIMPLEST, atLeast: 0.8 },
        ],
      },
      'fetch-one': cost('JSON POST by one task: CPU time of the client', 0.6),
    },
    json,
    // After half of them, V8 still compiles: a call costs twice as much.
    [50, 40_000],
    // Each has several pauses of the garbage collector.
    8,
    (name) => posts(called(json, name)),
  ),
  bench(
    'fetch-streamed',
    {
      'fetch-stream': cost('A response of 1,000 chunks: CPU time of the client', 1),
      'fetch-first-token': cost('Time to the first chunk of a stream', 1),
    },
    streamed,
    // Each has 1,000 chunks. After a quarter of them, a call costs half as much again.
    [1, 1_000],
    4,
    streams,
  ),
];
