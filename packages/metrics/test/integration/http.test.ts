import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  fastifyMetrics,
  httpMetrics,
  observeHttpServer,
  setHttpRoute,
} from '../../src/http/http.ts';
import { MetricsManager } from '../../src/index.ts';
import { metricValue, snapshotMetrics } from '../../src/testing.ts';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true });
});

function count(labels: Record<string, string | number>): number {
  return metricValue('http_requests_total', labels, manager);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function get(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, { ...init, headers: { connection: 'close', ...init.headers } });
  await response.arrayBuffer();
  return response.status;
}

describe('express 5', () => {
  async function start(): Promise<string> {
    const app = express();
    app.use(httpMetrics({ manager }));
    app.get('/users/:id', (request, response) => void response.json({ id: request.params.id }));
    app.post('/users', (request, response) => {
      request.resume();
      response.status(201).send('made');
    });
    const nested = express.Router();
    nested.get('/posts/:post', (_request, response) => void response.send('post'));
    app.use('/api/:tenant', nested);
    app.get('/fails', () => {
      throw new Error('it fails');
    });
    app.use((_error: Error, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(500).send('failed');
    });
    return listen(createServer(app));
  }

  test('requests count under their route templates', async () => {
    const url = await start();
    for (const id of [1, 2, 3]) await get(`${url}/users/${id}?q=${id}`);
    await get(`${url}/users`, { method: 'POST', body: 'x'.repeat(300) });
    await get(`${url}/api/1234/posts/9`);
    await get(`${url}/fails`);
    await get(`${url}/nowhere/${Math.random()}`);
    await expect.poll(() => count({})).toBe(7);
    expect(count({ method: 'GET', route: '/users/:id', status_code: 200 })).toBe(3);
    expect(count({ method: 'POST', route: '/users', status_code: 201 })).toBe(1);
    expect(count({ route: '/api/:tenant/posts/:post' })).toBe(1);
    expect(count({ route: '/fails', status_code: 500 })).toBe(1);
    expect(count({ route: 'unmatched', status_code: 404 })).toBe(1);
    expect(metricValue('http_requests_in_flight', {}, manager)).toBe(0);
    expect(metricValue('http_request_duration_seconds', {}, manager)).toBe(7);
    expect(metricValue('http_request_size_bytes', { route: '/users' }, manager)).toBe(1);
  });
});

describe('routers of express 5 within routers', () => {
  test('count under their templates, also when they fail or pass on', async () => {
    const app = express();
    app.use(httpMetrics({ manager }));
    const members = express.Router({ mergeParams: true });
    members.get('/:member', (_request, response) => void response.send('member'));
    members.get('/fails/sync', () => {
      throw new Error('it fails');
    });
    members.get('/fails/async', async () => {
      throw new Error('it fails');
    });
    members.get('/passes/on', (_request, response, next) => {
      response.send('done');
      next();
    });
    members.get(['/old/:member', '/aged/well', '/oldest/*rest'], (_request, response) => {
      response.send('old');
    });
    const org = express.Router();
    org.get('/', (_request, response) => void response.send('org'));
    org.use('/:team/members', members);
    org.use((_request, _response, next) => next('router'));
    // Takes every path first, and passes it on.
    app.use('/:first/:second', (_request, _response, next) => next());
    app.use('/orgs/:org', org);
    app.use('/plain', members);
    app.use((_error: Error, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(500).send('failed');
    });
    const url = await listen(createServer(app));
    const paths = {
      '/orgs/acme': '/orgs/:org/',
      '/orgs/orgs': '/orgs/:org/',
      '/orgs/a%20b%2Fc/blue/members/x': '/orgs/:org/:team/members/:member',
      '/orgs/acme/red/members/fails/sync': '/orgs/:org/:team/members/fails/sync',
      '/orgs/acme/red/members/fails/async': '/orgs/:org/:team/members/fails/async',
      '/orgs/acme/red/members/passes/on': '/orgs/:org/:team/members/passes/on',
      '/plain/x': '/plain/:member',
      '/plain/fails/sync': '/plain/fails/sync',
      '/plain/old/x?y=/z': '/plain/old/:member',
      '/orgs/acme/red/members/aged/well': '/orgs/:org/:team/members/aged/well',
      '/plain/oldest/one/two': '/plain/oldest/*rest',
      '/nothing/here': 'unmatched',
    };
    for (const [i, [path, route]] of Object.entries(paths).entries()) {
      const before = count({ route });
      await get(url + path);
      await expect.poll(() => count({})).toBe(i + 1);
      expect([path, count({ route })]).toEqual([path, before + 1]);
    }
  });
});

test('a parameter that is a part of a segment has its name in the route', async () => {
  const app = express();
  app.use(httpMetrics({ manager }));
  const files = express.Router({ mergeParams: true });
  files.get(['/:name.txt', '/:from-:to'], (_request, response) => void response.send('file'));
  const users = express.Router({ mergeParams: true });
  users.use('/open/:user.v1', files);
  app.use('/v:version/:lang', users);
  const url = await listen(createServer(app));
  for (const i of [1, 2, 3]) {
    await get(`${url}/v${i}/en/open/u${i}.v1/f${i}.txt`);
    await get(`${url}/v${i}/en/open/u${i}.v1/${i}-${i + 1}`);
  }
  await expect.poll(() => count({})).toBe(6);
  expect(count({ route: '/v:version/:lang/open/:user.v1/:name.txt' })).toBe(3);
  expect(count({ route: '/v:version/:lang/open/:user.v1/:from-:to' })).toBe(3);
});

describe('a client cannot choose the routes of express 5', () => {
  async function routesOf(mount: string | RegExp, paths: readonly string[]): Promise<unknown> {
    const app = express();
    app.use(httpMetrics({ manager }));
    const nested = express.Router();
    nested.get(['/users/:id', '/people/:id'], (_request, response) => void response.send('done'));
    app.use(mount, nested);
    const url = await listen(createServer(app));
    for (const path of paths) expect(await get(url + path)).toBe(200);
    await expect.poll(() => count({})).toBe(paths.length);
    const requests = snapshotMetrics(manager).filter((one) => one.name === 'http_requests_total');
    return [...new Set(requests.map(({ labels }) => labels['route']))];
  }

  test('by the case of a path, or a slash at its end', async () => {
    const paths = ['/api/v1/users/1', '/API/v1/users/2', '/aPi/V1/uSERS/3/', '/api/V1/People/4'];
    const routes = ['/api/v1/users/:id', '/api/v1/people/:id'];
    expect(await routesOf('/api/v1', paths)).toEqual(routes);
  });

  test('by the segments that a group matches', async () => {
    const paths = [
      '/files/a/b/end/users/1',
      '/files/c/b%2Fd/end/users/2',
      '/files/x/y/z/end/users/3',
    ];
    expect(await routesOf(/^\/files\/(.+)\/end/, paths)).toEqual(['/files/*0/end/users/:id']);
  });

  test('by what a regular expression matches outside of groups, beyond a limit', async () => {
    const paths = Array.from({ length: 520 }, (_, i) => `/x${i}y/users/1`);
    const routes = await routesOf(/^\/\w+/, paths);
    expect(routes).toHaveLength(501);
    expect(routes).toContain('/*/users/:id');
  });
});

describe('wildcards of express 5', () => {
  test.each([
    ['/{*splat}', 'use'],
    ['/{*splat}', 'all'],
    ['/*splat', 'use'],
    ['/x/*one/y', 'use'],
    [['/a/*rest', '/{*splat}'], 'get'],
  ] as const)(
    '%j with %s give a short route, however many segments a path has',
    async (path, method) => {
      const app = express();
      app.use(httpMetrics({ manager }));
      for (let times = 0; times < 5; times++) {
        app[method](path as string, (_request, _response, next) => next());
      }
      const nested = express.Router();
      nested.use('/{*splat}', (_request, response) => void response.send('done'));
      app.use(nested);
      const url = await listen(createServer(app));
      await get(`${url}/warm/up`);
      expect(await get(`${url}/x/${'a/'.repeat(100)}y`)).toBe(200);
      expect(await get(`${url}/x/${'a/'.repeat(7_500)}y`)).toBe(200);
      await expect.poll(() => count({})).toBe(3);
      const routes = snapshotMetrics(manager)
        .filter(({ name }) => name === 'http_requests_total')
        .map(({ labels }) => String(labels['route']));
      for (const route of routes) expect(route.length).toBeLessThan(40);
    },
  );
});

describe('fastify 5', () => {
  test('requests count under their route templates', async () => {
    const app = fastify();
    app.register(fastifyMetrics, { manager });
    app.get('/users/:id', async () => ({ ok: true }));
    app.register(
      (scope, _options, done) => {
        scope.get('/posts/:post', async () => 'post');
        done();
      },
      { prefix: '/api/:tenant' },
    );
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    await get(`${url}/users/1`);
    await get(`${url}/users/2`);
    await get(`${url}/api/acme/posts/9`);
    await get(`${url}/nowhere`);
    await expect.poll(() => count({})).toBe(4);
    expect(count({ route: '/users/:id', status_code: 200 })).toBe(2);
    expect(count({ route: '/api/:tenant/posts/:post' })).toBe(1);
    expect(count({ route: 'unmatched', status_code: 404 })).toBe(1);
  });

  test('a request that is injected counts as any other', async () => {
    const app = fastify();
    app.register(fastifyMetrics, { manager });
    app.get('/users/:id', async () => 'ok');
    expect((await app.inject('/users/1')).statusCode).toBe(200);
    await expect.poll(() => count({})).toBe(1);
    expect(count({ route: '/users/:id', status_code: 200 })).toBe(1);
  });
});

describe('node:http', () => {
  test('the body is counted as it goes out, and its bytes are the same', async () => {
    const server = createServer((request, response) => {
      setHttpRoute(request, '/stream');
      response.write('héllo');
      response.end(Buffer.from('wörld'));
    });
    observeHttpServer(server, { manager });
    const url = await listen(server);
    const response = await fetch(`${url}/stream/123`, { headers: { connection: 'close' } });
    expect(await response.text()).toBe('héllowörld');
    await expect.poll(() => count({ route: '/stream' })).toBe(1);
    const sizes = manager.metric('http', 'responseSize');
    expect(sizes.name).toBe('http_response_size_bytes');
    const size = snapshotMetrics(manager).find(({ name }) => name === sizes.name);
    expect(size).toMatchObject({ labels: { route: '/stream' }, value: 1, sum: 12 });
  });

  test('an answer over HTTP/2 counts, its bytes once', async () => {
    const server = createHttp2Server((_request, response) => {
      response.write('hello ');
      response.end('world');
    });
    observeHttpServer(server, { manager, route: () => '/' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => client.destroy());
    client.request({ ':path': '/' }).resume();
    await expect.poll(() => count({ route: '/', status_code: 200 })).toBe(1);
    const size = snapshotMetrics(manager).find(({ name }) => name === 'http_response_size_bytes');
    expect(size?.sum).toBe(11);
  });

  test('methods that a client invents over HTTP/2 are one', async () => {
    const server = createHttp2Server((_request, response) => response.end('hello'));
    observeHttpServer(server, { manager, route: () => '/' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => client.destroy());
    for (const method of ['X-1', 'X-2', 'get', 'PROPFIND']) {
      client.request({ ':path': '/', ':method': method }).resume();
    }
    await expect.poll(() => count({})).toBe(4);
    expect(count({ method: 'other' })).toBe(3);
    expect(count({ method: 'PROPFIND' })).toBe(1);
    const inFlight = snapshotMetrics(manager).filter(({ name }) => name.includes('in_flight'));
    expect(inFlight.map(({ labels }) => labels['method']).sort()).toEqual(['PROPFIND', 'other']);
  });

  test('an answer without a body has no size, whatever its handler writes', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.method === 'HEAD' ? 200 : 304;
      response.end('hello');
    });
    observeHttpServer(server, { manager, route: () => '/' });
    const url = await listen(server);
    await get(url, { method: 'HEAD' });
    await get(url);
    await expect.poll(() => count({})).toBe(2);
    const sizes = snapshotMetrics(manager).filter(
      ({ name }) => name === 'http_response_size_bytes',
    );
    expect(sizes.map(({ sum }) => sum)).toEqual([0, 0]);
  });

  test('a client that goes away counts as 499', async () => {
    const server = createServer((_request, response) => void response.write('start'));
    observeHttpServer(server, { manager, route: () => '/slow' });
    const url = await listen(server);
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    expect(metricValue('http_requests_in_flight', {}, manager)).toBe(1);
    controller.abort();
    await response.text().catch(() => undefined);
    await expect.poll(() => count({ route: '/slow', status_code: 499 })).toBe(1);
    expect(metricValue('http_requests_in_flight', {}, manager)).toBe(0);
  });

  test.each([
    ['destroys it', (response: ServerResponse) => response.destroy()],
    ['destroys it with a reason', (response: ServerResponse) => response.destroy(new Error('x'))],
    ['closes its socket', (response: ServerResponse) => response.req.socket.destroy()],
  ])('a response that the server cuts off is its failure: it %s', async (_how, cut) => {
    const server = createServer((_request, response) => {
      response.write('start');
      setTimeout(cut, 20, response);
    });
    observeHttpServer(server, { manager, route: () => '/cut' });
    const response = await fetch(await listen(server));
    await response.text().catch(() => undefined);
    await expect.poll(() => count({ route: '/cut', status_code: 500 })).toBe(1);
  });

  test('a client that resets its connection counts as 499', async () => {
    const server = createServer((_request, response) => void response.write('start'));
    observeHttpServer(server, { manager, route: () => '/reset' });
    const client = connectSocket(Number(new URL(await listen(server)).port), '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(client, 'data');
    client.resetAndDestroy();
    await expect.poll(() => count({ route: '/reset', status_code: 499 })).toBe(1);
  });

  test('with collection off nothing is recorded and nothing is in the way', async () => {
    manager.configure({ enabled: false });
    const server = createServer((_request, response) => void response.end('ok'));
    observeHttpServer(server, { manager });
    expect(await get(await listen(server))).toBe(200);
    manager.configure({ enabled: true });
    expect(count({})).toBe(0);
  });
});

test('a copy of a request, made of its named members, is readable', async () => {
  let copied: unknown = 'none';
  const server = createServer((request, response) => {
    const copy: Record<string, unknown> = {};
    for (const name of ['params', 'baseUrl', 'route']) {
      Object.defineProperty(copy, name, Object.getOwnPropertyDescriptor(request, name) ?? {});
    }
    copied = copy['params'];
    response.end();
  });
  observeHttpServer(server, { manager });
  expect(await get(await listen(server))).toBe(200);
  expect(copied).toBe(undefined);
});
