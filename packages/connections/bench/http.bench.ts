import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get as getHttp } from 'node:http';
import { fileURLToPath } from 'node:url';
import { defineBench, quick } from '@map-tooling/bench';
import bareGot, { type Got } from 'got';
import { Pool } from 'undici';
import { ConnectionManager } from '../src/index.ts';
import { load, warmUp } from './support/load.ts';

let server: ChildProcess;
let url = '';
let manager: ConnectionManager;
let ours: Got;
let got: Got;
let pool: Pool;
let agent: Agent;
const tasks = 10;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function plain(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    getHttp(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

async function viaUndici(): Promise<unknown> {
  const { body } = await pool.request({ path: '/', method: 'GET' });
  return await body.json();
}

const contender = (get: () => Promise<unknown>) => ({
  warmUp: () => !quick && warmUp(tasks, 20_000, 4_000, get),
  run: async () => (await load(tasks, quick ? 1 : 500, get)).rate,
  output: get,
});

export default defineBench({
  name: 'http-get',
  title: `HTTP GET of a small JSON body by ${tasks} tasks, kept alive`,
  kind: 'value',
  unit: 'requests/s',
  better: 'higher',
  rounds: 8,
  roundsAProcess: 4,
  // Users run one client in a process; several would make each other's shared code slower.
  processes: true,
  setup: async () => {
    const script = fileURLToPath(new URL('./support/http-server.ts', import.meta.url));
    server = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [port] = (await once(server, 'message')) as [number];
    url = `http://127.0.0.1:${port}/`;
    manager = new ConnectionManager({
      observer: { observe: () => {} },
      traceHeaders: () => ({ traceparent }),
    });
    ours = await manager.getHttpClient();
    agent = new Agent({ keepAlive: true, maxSockets: 50 });
    got = bareGot.extend({ agent: { http: agent } });
    pool = new Pool(url, { connections: 50 });
  },
  teardown: async () => {
    await manager.closeAllConnections();
    await pool.close();
    agent.destroy();
    server.kill();
  },
  goals: [{ against: 'got', atLeast: 0.85 }],
  contenders: {
    '@map/connections': contender(() => ours.get(url).json()),
    '@map/connections, httpSession() each': contender(() =>
      manager.httpSession((http) => http.get(url).json()),
    ),
    // All send the same bytes.
    got: contender(() => got.get(url, { headers: { traceparent } }).json()),
    'undici.request': contender(viaUndici),
    'node:http': contender(plain),
  },
  verify: (outputs) => {
    for (const [name, output] of Object.entries(outputs)) {
      if ((output as { ok?: boolean }).ok !== true) throw new Error(`${name} got something else`);
    }
  },
});
