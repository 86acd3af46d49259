import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { DisposesAsync } from '../common/disposable.ts';
import { MetricsError } from '../common/metrics-error.ts';
import { getMetricsManager } from '../manager/shared-manager.ts';
import { loadProcessMetrics } from '../prom-client/process-metrics.ts';
import { checkServerOptions, type MetricsServerOptions } from './options.ts';

/** A scrape server that runs; `await using` stops it. */
export interface MetricsServer extends DisposesAsync {
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** Lets answers under way end, for at most a second, and stops; a second call waits too. */
  stop(): Promise<void>;
}

/** Milliseconds that answers under way get when the server stops. */
const GRACE_MS = 1000;

/** Milliseconds between two looks for connections that have become idle. */
const SWEEP_MS = 10;

/**
 * Starts the server that Prometheus scrapes, with `/metrics`, `/health`, `/ready` and a page for
 * people at `/`. It keeps no process alive.
 *
 * @param options Where to listen and what to show.
 * @returns The server, listening.
 * @throws {MetricsError} `METRICS_PORT_IN_USE` when the port is taken, `METRICS_SERVER_FAILED` when
 * it cannot listen for another reason, `METRICS_OPTION_INVALID` for options that make no sense.
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
  const { port = 9090, host = '127.0.0.1', tls } = options;
  checkServerOptions(options);
  const server = await makeServer(options);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A scraper that keeps its connection open must not keep the process alive.
    socket.unref();
  });
  await listen(server, port, host);
  server.unref();
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  if (options.processMetrics !== false && (options.manager ?? getMetricsManager()).enabled) {
    // Starts the process metrics' clocks without holding up the application's start.
    setImmediate(() => void loadProcessMetrics().catch(() => undefined)).unref();
  }
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= close(server, sockets);
    return stopping;
  };
  const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return {
    port: bound,
    host,
    url: `${tls === undefined ? 'http' : 'https'}://${authority}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function makeServer(options: MetricsServerOptions): Promise<Server> {
  const { makeRequestHandler } = await import('./request-handler.ts');
  const handler = makeRequestHandler(options);
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void handler(request, response);
  const limits = {
    headersTimeout: 5000,
    requestTimeout: 10_000,
    keepAliveTimeout: 65_000,
    // How often the two limits above are looked at: every half minute if left alone.
    connectionsCheckingInterval: 1000,
  };
  const { tls } = options;
  let server: Server;
  if (tls === undefined) {
    // An import of node:http would read its getters too, and one of them loads all of undici.
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
        'The TLS key or certificate cannot be read.',
        error,
      );
    }
  }
  server.maxConnections = 256;
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
              `Port ${port} on ${host} is in use; give metrics another port, or 0 for a free one.`,
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
    server.listen(port, host, () => {
      server.off('error', fail);
      // A failure while running, such as too many open files, must not end the application.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      // The server itself does not know of connections that have not finished a TLS handshake.
      for (const socket of sockets) socket.destroy();
    }, GRACE_MS);
    // A connection whose answer was under way is idle, but open, once that has gone out.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(force);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
