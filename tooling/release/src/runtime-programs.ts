// Programs that the rehearsal runs on each runtime, as a user would write them.

/** How many lines the service writes. */
export const lines = 2_000;

/** A service that writes lines, scrapes itself and waits for SIGTERM. */
export const service = `import { initializeConfig, logger } from '@map/config';
import { startMetricsServer } from '@map/config/metrics';
const config = await initializeConfig();
const log = logger.getLogger('service');
config.onShutdown('last line', () => log.info('the last line'));
await config.connections.redisConnection((redis) => redis.set('runtime', 'yes'));
for (let line = 0; line < ${lines}; line += 1) log.info('line ' + line);
const metrics = await startMetricsServer({ port: 0 });
const scraped = await (await fetch('http://127.0.0.1:' + metrics.port + '/metrics')).text();
for (const name of ['process_cpu_seconds_total', 'connection_pool_connections', 'map_build_info']) {
  if (!scraped.includes(name)) log.error('not scraped: ' + name);
}
await metrics.stop();
setInterval(() => {}, 1_000);
log.info('ready');
`;

/** Clients of Redis and HTTP, and of Redis without promises. */
export const libraries = `import { createServer } from 'node:http';
import { once } from 'node:events';
import { deepStrictEqual } from 'node:assert';
import { ConnectionManager } from '@map/config/connections';
import { openSyncRedis } from '@map/config/connections/sync';
const url = process.env.REDIS_URL;
const connections = new ConnectionManager({ redis: { url } });
const server = createServer((_request, response) => response.end('yes')).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = 'http://127.0.0.1:' + server.address().port;
await connections.redisConnection((redis) => redis.set('library', 'yes'));
const got = await (await connections.getHttpClient()).get(address).text();
const redis = openSyncRedis({ url });
deepStrictEqual([got, redis.get('library')], ['yes', 'yes']);
redis.close();
await connections.closeAllConnections();
server.close();
`;

/** A `fetch` with a circuit breaker. */
export const fetching = `import { createServer } from 'node:http';
import { once } from 'node:events';
import { strictEqual } from 'node:assert';
import { ConnectionManager } from '@map/config/connections';
const connections = new ConnectionManager({ http: { circuit: {} } });
const server = createServer((_request, response) => response.end('yes')).listen(0, '127.0.0.1');
await once(server, 'listening');
const response = await connections.getFetch()('http://127.0.0.1:' + server.address().port);
strictEqual(await response.text(), 'yes');
await connections.closeAllConnections();
server.close();
`;

/** Gathers the metrics of a cluster worker and of a thread, each counting one scrape. */
export const workers = `import cluster from 'node:cluster';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { getMetricsManager, startMetricsServer } from '@map/config/metrics';
import { gatherWorkers, shareMetrics } from '@map/config/metrics/workers';
if (cluster.isWorker || !isMainThread) {
  await shareMetrics();
  getMetricsManager().defineCounter({ name: 'shared_total', help: 'One each.' }).inc();
  cluster.isWorker ? process.send('up') : parentPort.postMessage('up');
  setInterval(() => {}, 1_000);
} else {
  const source = await gatherWorkers();
  const workers = [cluster.fork(), new Worker(new URL(import.meta.url))];
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const server = await startMetricsServer({ port: 0, source });
  const scraped = await (await fetch(server.url + '/metrics')).text();
  console.log(/^shared_total .*$/m.exec(scraped)?.[0]);
  process.exit(scraped.includes('shared_total 2') ? 0 : 1);
}
`;

/** Streams a model's response through the real SDK; its tokens must be in the metrics. */
export const model = `import { createServer } from 'node:http';
import { once } from 'node:events';
import { deepStrictEqual } from 'node:assert';
import { initializeConfig } from '@map/config';
import { observeLlm } from '@map/config/metrics/llm';
import OpenAI from 'openai';
const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
const chunk = { id: 'c', object: 'chat.completion.chunk', model: 'small', created: 0 };
const events = [
  { ...chunk, choices: [{ index: 0, delta: { content: 'yes' }, finish_reason: null }] },
  { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  { ...chunk, choices: [], usage },
];
const provider = createServer((_request, response) => {
  response.setHeader('content-type', 'text/event-stream');
  for (const event of events) response.write('data: ' + JSON.stringify(event) + '\\n\\n');
  response.end('data: [DONE]\\n\\n');
}).listen(0, '127.0.0.1');
await once(provider, 'listening');
process.env.OPENAI_API_KEY = 'sk-rehearsal';
process.env.LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL = 'http://127.0.0.1:' + provider.address().port;
const config = await initializeConfig();
const openai = new OpenAI(config.provider('openai'));
const stream = await observeLlm({ provider: 'openai', model: 'small', operation: 'chat' }, () =>
  openai.chat.completions.create({
    model: 'small',
    messages: [{ role: 'user', content: 'Is it?' }],
    stream: true,
    stream_options: { include_usage: true },
  }),
);
let text = '';
for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
const scraped = await (await fetch(config.metricsServer.url + '/metrics')).text();
const tokens = scraped.match(/^llm_tokens_total{.*} \\d+$/gm) ?? [];
deepStrictEqual([text, tokens.map((line) => Number(line.split('} ')[1]))], ['yes', [12, 3]]);
await config.shutdown();
provider.close();
`;
