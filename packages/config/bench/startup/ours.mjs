// From nothing to ready: settings checked, logs, connections prepared, metrics counted and served.
import { report } from './report.mjs';

const { initializeConfig } = await import('../../dist/index.js');
const { logger, metrics, metricsServer, settings } = await initializeConfig();
logger.info('ready');
metrics.trackTask('created', { task_type: 'example' });
await report({ settings, port: metricsServer.port });
