import { logger } from '@map/config';
import { app, config } from './app.mjs';

const server = Bun.serve({ fetch: app.fetch, hostname: '127.0.0.1', port: process.env.PORT });
config.onShutdown('http server', () => server.stop());
logger.info('Listening', { metrics: config.metricsServer?.url });
