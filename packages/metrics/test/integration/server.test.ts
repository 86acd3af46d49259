import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@map-tooling/testing';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  MetricsError,
  MetricsManager,
  type MetricsServer,
  type MetricsServerOptions,
  startMetricsServer,
} from '../../src/index.ts';
import { ask, start as startServer } from '../support/server.ts';

let manager: MetricsManager;
beforeEach(() => {
  manager = new MetricsManager({ strict: true, version: '1.2.3' });
});

const start = (options: MetricsServerOptions = {}): Promise<MetricsServer> =>
  startServer({ manager, ...options });

describe('requests', () => {
  test('a page for people, 404, 405, 413 and HEAD', async () => {
    manager.trackTask('created');
    manager.defineCounter({ name: 'odd_total', help: '<script>alert(1)</script>' }).inc();
    const { url } = await start();
    const page = await ask(`${url}/`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body.toString()).toContain('tasks_created_total');
    expect(page.body.toString()).not.toContain('<script>alert');
    expect((await ask(`${url}/nothing`)).status).toBe(404);
    const post = await ask(`${url}/metrics`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await ask(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(5000) })).status).toBe(
      413,
    );
    const head = await ask(`${url}/metrics`, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test('a request with scheme and host is answered, and guarded, as one without', async () => {
    manager.trackTask('created');
    const { port } = await start({ auth: { token: 's3cret' } });
    const through = async (path: string, authorization: string) =>
      (await ask(`http://127.0.0.1:${port}`, { path, headers: { authorization } })).status;
    for (const path of ['http://metrics.test/metrics?a=b', 'HTTP://metrics.test']) {
      expect(await through(path, 'Bearer s3cret')).toBe(200);
      expect(await through(path, 'Bearer wrong')).toBe(401);
    }
    expect(await through('http://metrics.test/nothing', '')).toBe(404);
  });

  test('bearer auth guards the metrics and not the health', async () => {
    const { url } = await start({ auth: { token: { reveal: () => 's3cret' } } });
    const none = await ask(`${url}/metrics`);
    expect([none.status, none.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="metrics"',
    ]);
    for (const authorization of ['Bearer wrong', 'Basic s3cret', 'Bearer', 'Bearer s3cret2']) {
      expect((await ask(`${url}/metrics`, { headers: { authorization } })).status).toBe(401);
      expect((await ask(`${url}/`, { headers: { authorization } })).status).toBe(401);
    }
    const headers = { authorization: 'bearer s3cret' };
    expect((await ask(`${url}/metrics`, { headers })).status).toBe(200);
    expect((await ask(`${url}/health`)).status).toBe(200);
  });

  test('basic auth takes a name and a password', async () => {
    const { url } = await start({ auth: { username: 'prom', password: 'pä:ss' } });
    const basic = (text: string) => ({
      authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    });
    expect((await ask(`${url}/metrics`, { headers: basic('prom:pä:ss') })).status).toBe(200);
    expect((await ask(`${url}/metrics`, { headers: basic('prom:no') })).status).toBe(401);
  });

  test('TLS', async () => {
    const { key, cert } = await makeCertificate(await mkdtemp(join(tmpdir(), 'map-metrics-')));
    const { url } = await start({ tls: { key, cert } });
    expect(url).toMatch(/^https:/);
    expect(
      (await ask(`${url.replace('127.0.0.1', 'localhost')}/metrics`, { ca: cert })).status,
    ).toBe(200);
    await expect(startMetricsServer({ port: 0, tls: { key: 'no', cert } })).rejects.toMatchObject({
      code: 'METRICS_OPTION_INVALID',
    });
  });
});

describe('starting and stopping', () => {
  test('a port in use is a clear error, and the application lives on', async () => {
    const other = createServer((_request, response) => void response.end('still here'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const failing = startMetricsServer({ port, manager });
    await expect(failing).rejects.toBeInstanceOf(MetricsError);
    await expect(failing).rejects.toMatchObject({
      code: 'METRICS_PORT_IN_USE',
      message: `Port ${port} on 127.0.0.1 is in use. Set \`port\` to another one, or to 0 for any free port.`,
    });
    expect((await ask(`http://127.0.0.1:${port}`)).body.toString()).toBe('still here');
  });

  test.each([-1, 1.5, 70_000, Number.NaN])('port %s is refused', async (port) => {
    await expect(startMetricsServer({ port })).rejects.toMatchObject({
      code: 'METRICS_OPTION_INVALID',
    });
  });

  test.each([
    ['an empty host, which is every address', { host: '' }],
    ['a host that is not a string', { host: 5 }],
    ['no time to answer', { timeoutMs: 0 }],
    ['a time that is not a number', { timeoutMs: Number.NaN }],
    ['an empty token', { auth: { token: '' } }],
    ['a token that is missing', { auth: { token: undefined } }],
    ['a secret that is empty', { auth: { token: { reveal: () => ' ' } } }],
    ['no kind of auth', { auth: {} }],
    ['an empty password', { auth: { username: 'prom', password: '' } }],
    ['a name with a colon', { auth: { username: 'a:b', password: 'c' } }],
    ['auth that is null', { auth: null }],
    ['TLS that is null', { tls: null }],
  ])('%s is refused', async (_, options) => {
    await expect(start(options as MetricsServerOptions)).rejects.toMatchObject({
      code: 'METRICS_OPTION_INVALID',
    });
  });

  test('it stops while a client stays silent before the TLS handshake', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'map-metrics-'));
    const { key, cert } = await makeCertificate(folder);
    const { port, stop } = await start({ tls: { key, cert } });
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    await stop();
    await closed;
  });

  test.each(['http', 'https'])(
    'a scraper that keeps its %s connection open keeps no process alive',
    async (scheme) => {
      const folder = await mkdtemp(join(tmpdir(), 'map-metrics-'));
      const { key, cert } = await makeCertificate(folder);
      const program = `
        import { startMetricsServer } from '@map/metrics';
        const tls = process.env.TLS ? JSON.parse(process.env.TLS) : undefined;
        const { url } = await startMetricsServer({ port: 0, tls });
        console.log(url);
        process.stdin.resume();`;
      const child = spawn(
        process.execPath,
        ['--conditions=@map/source', '--input-type=module', '--eval', program],
        {
          cwd: import.meta.dirname,
          env: { ...process.env, TLS: scheme === 'https' ? JSON.stringify({ key, cert }) : '' },
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const exited = once(child, 'exit');
      onTestFinished(() => void child.kill('SIGKILL'));
      const url = String((await once(child.stdout, 'data'))[0]).trim();
      const agent = new (scheme === 'https' ? HttpsAgent : HttpAgent)({ keepAlive: true });
      onTestFinished(() => agent.destroy());
      const answer = await ask(`${url.replace('127.0.0.1', 'localhost')}/metrics`, {
        agent,
        ca: cert,
      });
      expect(answer.status).toBe(200);
      child.stdin.end();
      expect(await exited).toEqual([0, null]);
    },
  );

  test('an address that is not ours is a clear error', async () => {
    await expect(startMetricsServer({ port: 0, host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'METRICS_SERVER_FAILED',
    });
  });

  test('it stops while a keep-alive connection is open, as often as asked', async () => {
    const server = await startMetricsServer({ port: 0, manager });
    const idle = connect(server.port, '127.0.0.1');
    idle.on('error', () => undefined);
    await fetch(`${server.url}/health`);
    await Promise.all([server.stop(), server.stop()]);
    await expect(ask(`${server.url}/health`)).rejects.toThrow('ECONNREFUSED');
    idle.destroy();
    await using again = await startMetricsServer({ port: server.port, manager });
    expect(again.port).toBe(server.port);
  });
});
