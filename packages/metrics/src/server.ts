import { getMetricsManager, type MetricsManager } from './manager.ts';
import { MetricsError } from './metrics-error.ts';
import { renderMetrics } from './render.ts';

/** How the scrape server listens and what it shows. */
export interface MetricsServerOptions {
  /** The port, 0 for any free one; 9090 by default. */
  readonly port?: number | undefined;
  /** The address to bind; loopback by default. */
  readonly host?: string | undefined;
  /** The manager to show; the shared one by default. */
  readonly manager?: MetricsManager | undefined;
}

/** A scrape server that runs. */
export interface MetricsServer {
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** Stops the server; a second call waits for the first. */
  stop(): Promise<void>;
}

/** Starts the scrape server. */
export async function startMetricsServer(
  options: MetricsServerOptions = {},
): Promise<MetricsServer> {
  const { createServer } = await import('node:http');
  const { port = 9090, host = '127.0.0.1', manager = getMetricsManager() } = options;
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end('Not found\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    for (const chunk of renderMetrics(manager.instruments, {
      format: 'text',
      prefix: manager.prefix,
      defaultLabels: manager.defaultLabels,
    })) {
      response.write(chunk);
    }
    response.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new MetricsError(
              'METRICS_PORT_IN_USE',
              `Port ${port} on ${host} is in use; set another port for metrics.`,
              error,
            )
          : new MetricsError('METRICS_SERVER_FAILED', `Metrics server: ${error.message}.`, error),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    port: bound,
    host,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
