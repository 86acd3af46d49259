// From nothing to ready: settings checked, logs, connections prepared, metrics counted and served.
import { firstWork, isAsked } from './first-work.mjs';
import { report } from './report.mjs';

const { initializeConfig } = await import('../../dist/index.js');
const warmUp = isAsked && ['redis', 'fetch', 'scrape'];
const { connections, logger, metrics, metricsServer, settings } = await initializeConfig({
  warmUp,
});
logger.info('ready');
metrics.trackTask('created', { task_type: 'example' });
const { port } = metricsServer;
const work =
  isAsked &&
  (await firstWork({
    get: (key) => connections.redisConnection((redis) => redis.get(key)),
    fetch: connections.getFetch(),
    port,
  }));
await report({ settings, port, work });
