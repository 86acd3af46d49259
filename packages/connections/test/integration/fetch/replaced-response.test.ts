import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';

const Platform = globalThis.Response;

/** As that of @hono/node-server, which defers the platform's and has default headers until then. */
class Lightweight extends Platform {
  constructor(body: ReadableStream | null, init?: ResponseInit) {
    super(body, init);
    if (body === null || init?.headers !== undefined) return;
    const value = new Headers({ 'content-type': 'text/plain; charset=UTF-8' });
    Object.defineProperty(this, 'headers', { value });
  }
}

class Body {
  readonly body: string;

  constructor(body: unknown) {
    this.body = String(body);
  }
}

/** As that of node-fetch: the members of a body are those of its parent, which takes no stream of the runtime. */
class NodeFetchResponse extends Body {
  get headers(): Headers {
    return new Headers();
  }
}

/** Calls a server over a new copy of the package, beside another class `Response`. */
async function fetchBeside(replacement: unknown, delayMs: number): Promise<Response> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.write('{"a":');
    setTimeout(() => response.end('1}'), delayMs);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  vi.resetModules();
  vi.stubGlobal('Response', replacement);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { ConnectionManager } = await import('../../../src/index.ts');
  const manager = new ConnectionManager();
  onTestFinished(async () => void (await manager.closeAllConnections()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return await manager.getFetch()(url);
}

const ways = [
  ['whole', 0],
  ['streamed', 50],
] as const;

test.each(ways)('a server that replaces Response leaves a %s one alone', async (_how, delayMs) => {
  const response = await fetchBeside(Lightweight, delayMs);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.clone().headers.get('content-type')).toBe('application/json');
  expect(response).toBeInstanceOf(Platform);
  expect(await response.json()).toEqual({ a: 1 });
});

test.each(ways)('beside the Response of node-fetch, a %s one is read', async (_how, delayMs) => {
  const response = await fetchBeside(NodeFetchResponse, delayMs);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/json',
  ]);
  expect(await response.clone().json()).toEqual({ a: 1 });
  expect(response.body).toBeInstanceOf(ReadableStream);
  expect(await response.text()).toBe('{"a":1}');
});
