// The same wired by hand with the usual lighter libraries.
import { firstWork, isAsked } from './first-work.mjs';
import { report } from './report.mjs';

const [{ createServer }, { z }, { pino }, prom, { Redis }] = await Promise.all([
  import('node:http'),
  import('zod'),
  import('pino'),
  import('prom-client'),
  import('ioredis'),
]);

const settings = z
  .object({
    APP_NAME: z.string().min(1).default('MultiAgentPlatform'),
    APP_VERSION: z.string().default('0.1.0'),
    ENVIRONMENT: z.enum(['development', 'test', 'staging', 'production']).default('development'),
    WORKER_COUNT: z.coerce.number().int().min(1).max(1024).default(4),
    SHUTDOWN_TIMEOUT: z.coerce.number().default(25_000),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
    REDIS_URL: z.url().default('redis://localhost:6379/0'),
    METRICS_ENABLED: z.stringbool().default(true),
    METRICS_HOST: z.string().default('127.0.0.1'),
    METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(9090),
    OPENAI_API_KEY: z.string().default(''),
  })
  .parse(process.env);

const logger = pino({ level: settings.LOG_LEVEL, timestamp: pino.stdTimeFunctions.isoTime });
const redis = new Redis(settings.REDIS_URL, { lazyConnect: true });
// A scrape of ours has them.
if (isAsked) prom.collectDefaultMetrics();
const created = new prom.Counter({
  name: 'tasks_created_total',
  help: 'Tasks created',
  labelNames: ['task_type'],
});
const server = createServer(async (request, response) => {
  if (request.url === '/metrics') response.end(await prom.register.metrics());
  else response.writeHead(request.url === '/health' ? 200 : 404).end();
});
await new Promise((resolve) => {
  server.listen(settings.METRICS_PORT, settings.METRICS_HOST, resolve);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await redis.quit();
    server.close();
  });
}

logger.info('ready');
created.inc({ task_type: 'example' });
const { port } = server.address();
const work =
  isAsked && (await firstWork({ get: (key) => redis.get(key), fetch: globalThis.fetch, port }));
await report({ settings, port, work });
