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

test.each(['whole', 'streamed'])(
  'a server that replaces Response leaves a %s one alone',
  async (how) => {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.write('{"a":');
      setTimeout(() => response.end('1}'), how === 'streamed' ? 50 : 0);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    vi.resetModules();
    vi.stubGlobal('Response', Lightweight);
    onTestFinished(() => void vi.unstubAllGlobals());
    const { ConnectionManager } = await import('../../../src/index.ts');
    const manager = new ConnectionManager();
    onTestFinished(async () => void (await manager.closeAllConnections()));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const response = await manager.getFetch()(url);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.clone().headers.get('content-type')).toBe('application/json');
    expect(response).toBeInstanceOf(Platform);
    expect(await response.json()).toEqual({ a: 1 });
  },
);
