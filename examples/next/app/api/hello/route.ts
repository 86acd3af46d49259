import { initializeConfig, logger } from '@map/config';
import { webContext } from '@map/config/http';

const context = webContext();

export function GET(request: Request): Promise<Response> {
  return context(request, hello, { route: '/api/hello' });
}

async function hello(): Promise<Response> {
  // The configuration that instrumentation.ts started, however often this file is reloaded.
  const config = await initializeConfig();
  logger.info('Greeting');
  return Response.json({
    version: 1,
    metrics: config.metricsServer?.url,
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
  });
}
