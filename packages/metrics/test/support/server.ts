import { type Agent as HttpAgent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { onTestFinished } from 'vitest';
import {
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from '../../src/index.ts';

/** Starts a server on a free port, which ends with the test. */
export async function start(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = await startMetricsServer({ port: 0, ...options });
  onTestFinished(() => server.stop());
  return server;
}

/** A response as it came over the wire. */
interface Raw {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** A request that adds nothing: no decompression, no added headers. */
export function ask(
  url: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    ca?: string;
    agent?: HttpAgent;
    path?: string;
  } = {},
): Promise<Raw> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https') ? httpsRequest : httpRequest)(
      url,
      rest,
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: Buffer.concat(pieces) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
