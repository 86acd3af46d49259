import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { decodeOtlp } from './otlp.ts';

interface Attributed {
  readonly attributes?: readonly { readonly key: string; readonly value: object }[];
}
interface OtlpSpan extends Attributed {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}
interface OtlpLine {
  readonly body: { readonly stringValue: string };
  readonly traceId?: string;
  readonly spanId?: string;
}
interface OtlpPoint extends Attributed {
  readonly asDouble?: number;
  readonly sum?: number;
}
interface OtlpMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: OtlpPoint[] };
}
type Scopes = readonly { readonly [kind: string]: readonly unknown[] }[];

/** A collector on loopback that keeps what it receives; `hangs` answers nothing. */
export async function startCollector(hangs = false) {
  const bodies: Record<string, Record<string, readonly Record<string, Scopes>[]>[]> = {};
  const types = new Set<string | undefined>();
  const requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(async (request, response) => {
    if (hangs) return;
    const { url = '', headers } = request;
    const type = headers['content-type'];
    types.add(type);
    requests.push({ url, headers });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies[url] ??= [];
    bodies[url]?.push(decodeOtlp(url, type, Buffer.concat(chunks)) as never);
    const isJson = type === 'application/json';
    response.setHeader('content-type', type ?? '').end(isJson ? '{}' : '');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const received = <T>(url: string, resource: string, scope: string, kind: string): T[] =>
    (bodies[url] ?? [])
      .flatMap((body) => body[resource] ?? [])
      .flatMap((one) => one[scope] ?? [])
      .flatMap((one) => (one[kind] ?? []) as T[]);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    types,
    /** The exports so far: path and headers. */
    requests,
    spans: () => received<OtlpSpan>('/v1/traces', 'resourceSpans', 'scopeSpans', 'spans'),
    lines: () => received<OtlpLine>('/v1/logs', 'resourceLogs', 'scopeLogs', 'logRecords'),
    /** The attributes of the resource in each export to a path. */
    resources: (url: string) =>
      Object.values(bodies[url] ?? [])
        .flatMap((body) => Object.values(body).flat())
        .map(({ resource }) => attributesOf(resource as never)),
    metrics: () =>
      received<OtlpMetric>('/v1/metrics', 'resourceMetrics', 'scopeMetrics', 'metrics'),
  };
}

function attributesOf({ attributes = [] }: Attributed): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]),
  );
}
