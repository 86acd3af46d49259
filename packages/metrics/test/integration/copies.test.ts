import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const SCRIPT = `
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import * as a from './a/index.ts';
import * as aHttp from './a/http/http.ts';
import { loadProcessMetrics as aProcess } from './a/prom-client/process-metrics.ts';
import { loadProcessMetrics as bProcess } from './b/prom-client/process-metrics.ts';
import { metricValue } from './a/testing.ts';

const require = createRequire(import.meta.url);
const b = require('./b/index.ts');
const bHttp = require('./b/http/http.ts');

const server = createServer((request, response) => {
  aHttp.setHttpRoute(request, '/users/:id');
  response.end();
  response.once('close', () => setImmediate(() => server.emit('recorded')));
});
aHttp.observeHttpServer(server);
bHttp.observeHttpServer(server);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const recorded = once(server, 'recorded');
await fetch('http://127.0.0.1:' + server.address().port + '/users/7', { headers: { connection: 'close' } });
await recorded;
server.close();
server.closeAllConnections();

b.LLM_TOKENS.inc({ type: 'prompt' }, 3);
console.log(JSON.stringify({
  areCopies: a.startMetricsServer !== b.startMetricsServer,
  manager: a.getMetricsManager() === b.getMetricsManager(),
  process: (await aProcess()) === (await bProcess()),
  tokens: metricValue(a.LLM_TOKENS),
  requests: metricValue('http_requests_total'),
  routed: metricValue('http_requests_total', { route: '/users/:id' }),
}));
process.exit();
`;

test('two installed copies, one imported and one required, share what a process has once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'map-metrics-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(root, 'src'), join(folder, 'a'), { recursive: true });
  await cp(join(root, 'src'), join(folder, 'b'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'main.ts'), SCRIPT);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@map/source', '--no-warnings', 'main.ts'],
    {
      cwd: folder,
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    areCopies: true,
    manager: true,
    process: true,
    tokens: 3,
    requests: 1,
    routed: 1,
  });
});
