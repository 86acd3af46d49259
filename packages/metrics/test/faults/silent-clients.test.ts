import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { MetricsManager, startMetricsServer } from '../../src/index.ts';

test('clients that connect and send nothing, or half a request, are disconnected', async () => {
  const server = await startMetricsServer({ port: 0, manager: new MetricsManager() });
  onTestFinished(() => server.stop());
  const clients = ['', 'GET /metrics HTTP/1.1\r\nhost: a\r\nx: '].map((text) => {
    const client = connect(server.port, '127.0.0.1', () => client.write(text));
    onTestFinished(() => void client.destroy());
    client.on('error', () => undefined);
    return new Promise<boolean>((resolve) => client.resume().once('close', () => resolve(true)));
  });
  expect(await Promise.all(clients)).toEqual([true, true]);
});

test.each(['/', '/metrics'])(
  'of a burst of requests of %s eight are answered, and health is',
  async (path) => {
    const server = await startMetricsServer({ port: 0, manager: new MetricsManager() });
    onTestFinished(() => server.stop());
    const url = `http://127.0.0.1:${server.port}`;
    // The code of the page is loaded by its first request.
    await (await fetch(url + path)).text();
    const clients = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const client = connect(server.port, '127.0.0.1');
        onTestFinished(() => void client.destroy());
        // The server has accepted it before the burst begins.
        client.write('GET /health HTTP/1.1\r\nhost: a\r\n\r\n');
        await once(client, 'data');
        return client;
      }),
    );
    const heads = clients.map(async (client) => String((await once(client, 'data'))[0]));
    for (const client of clients) client.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    const health = fetch(`${url}/health`);
    const statuses = (await Promise.all(heads)).map((head) => head.slice(9, 12));
    expect((await health).status).toBe(200);
    const refused = statuses.filter((status) => status === '503').length;
    expect(statuses.filter((status) => status === '200')).toHaveLength(100 - refused);
    expect(refused).toBeGreaterThan(20);
  },
);
