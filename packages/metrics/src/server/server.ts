import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { DisposesAsync } from '../common/disposable.ts';
import { MetricsError } from '../common/metrics-error.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { loadProcessMetrics } from '../prom-client/process-metrics.ts';
import { type CollectContent, makeCollect } from './collect-content.ts';
import { Connections } from './connections.ts';
import { checkServerOptions, type MetricsServerOptions } from './options.ts';
import { StatusPage } from './status-page.ts';

/** A running metrics server; `await using` stops it. */
export interface MetricsServer extends DisposesAsync {
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** Runs a scrape without a reader, to load everything that the first scrape needs. */
  warmUp(): Promise<void>;
  /** Stops the server; responses in flight get up to a second. Further calls wait as well. */
  stop(): Promise<void>;
}

/** Milliseconds that responses in flight get when the server stops. */
const GRACE_MS = 1000;

/**
 * Starts the server that Prometheus scrapes, with `/metrics`, `/health`, `/ready` and a status
 * page at `/`. It does not keep the process alive.
 *
 * @param options Where to listen, and what to show.
 * @returns The listening server.
 * @throws {MetricsError} `METRICS_PORT_IN_USE` if the port is taken, `METRICS_SERVER_FAILED` if the
 * server cannot listen for another reason, `METRICS_OPTION_INVALID` if an option has a wrong value.
 * @example
 * ```ts
 * import { startMetricsServer } from '@map/metrics';
 *
 * const server = await startMetricsServer({ port: 0 });
 * console.log((await fetch(`${server.url}/metrics`)).status); // 200
 * await server.stop();
 * ```
 */
export async function startMetricsServer(
  options: MetricsServerOptions = {},
): Promise<MetricsServer> {
  checkServerOptions(options);
  const { port = 9090, host = '127.0.0.1', tls } = options;
  const collect = makeCollect(options);
  const page = new StatusPage(options, collect);
  const server = await makeServer(options, collect, page);
  const connections = new Connections(server);
  await listen(server, port, host);
  server.unref();
  page.start();
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  if (options.processMetrics !== false && (options.manager ?? getMetricsManager()).enabled) {
    // Starts the clocks of the process metrics without delaying the application's start.
    setImmediate(() => void loadProcessMetrics()).unref();
  }
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    page.stop();
    stopping ??= close(server, connections);
    return stopping;
  };
  const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return {
    port: bound,
    host,
    url: `${tls === undefined ? 'http' : 'https'}://${authority}`,
    warmUp: async () => {
      const content = await collect('page');
      const { renderContent } = await import('../exposition/scrape.ts');
      const { prefix, defaultLabels } = options.manager ?? getMetricsManager();
      Array.from(renderContent(content, { format: 'text', prefix, defaultLabels }));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function makeServer(
  options: MetricsServerOptions,
  collect: CollectContent,
  page: StatusPage,
): Promise<Server> {
  const { makeRequestHandler } = await import('./request-handler.ts');
  const handler = makeRequestHandler(options, collect, page);
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void handler(request, response);
  const limits = {
    headersTimeout: 5000,
    requestTimeout: 10_000,
    keepAliveTimeout: 65_000,
    // How often Node enforces the two limits above; its default is 30 s.
    connectionsCheckingInterval: 1000,
  };
  const { tls } = options;
  let server: Server;
  if (tls === undefined) {
    // An import of node:http would also read its getters, one of which loads undici.
    const { createServer } = process.getBuiltinModule('node:http');
    server = createServer(limits, listener);
  } else {
    const { createServer } = process.getBuiltinModule('node:https');
    const { key, cert, clientCa } = tls;
    try {
      const client = clientCa === undefined ? {} : { ca: asPem(clientCa), requestCert: true };
      server = createServer(
        { ...limits, ...client, handshakeTimeout: 5000, key: asPem(key), cert: asPem(cert) },
        listener,
      );
    } catch (error) {
      throw new MetricsError(
        'METRICS_OPTION_INVALID',
        '`tls` must be a key and a certificate in PEM that belong together, got unreadable ones.',
        error,
      );
    }
  }
  return server;
}

function asPem(pem: string | Uint8Array): string | Buffer {
  return typeof pem === 'string' ? pem : Buffer.from(pem);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new MetricsError(
              'METRICS_PORT_IN_USE',
              `Port ${port} on ${host} is in use. Set \`port\` to another one, or to 0 for any free port.`,
              error,
            )
          : new MetricsError(
              'METRICS_SERVER_FAILED',
              `The metrics server cannot listen on ${host}:${port}: ${error.code ?? error.message}.`,
              error,
            ),
      );
    };
    server.once('error', fail);
    // Otherwise the workers of a cluster share one port, and each scrape shows one of them in turn.
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', fail);
      // A later failure, such as too many open files, must not end the application.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function close(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => connections.destroy(), GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    connections.close();
  });
}
