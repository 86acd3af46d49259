import { serve } from '@hono/node-server';
import { closeServer, logger } from '@map/config';
import { app, config } from './app.mjs';

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
config.onShutdown('http server', (signal) => closeServer(server, signal));
logger.info('Listening', { metrics: config.metricsServer?.url });
