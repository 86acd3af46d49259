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
