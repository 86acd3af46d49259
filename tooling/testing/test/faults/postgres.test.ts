import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startPostgres } from '../../src/index.ts';

// The start-up packet of protocol 3.0 for user and database `postgres`.
function startupPacket(): Buffer {
  const body = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196608, 4);
  return Buffer.concat([head, body]);
}

function firstByte(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(startupPacket()));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString('latin1', 0, 1));
    });
  });
}

test('a private PostgreSQL lets a user in on loopback and is gone after stop', async () => {
  const postgres = await startPostgres({ config: { max_connections: '12' } });
  expect(await firstByte(postgres.port)).toBe('R');
  await postgres.stop();
  await expect(firstByte(postgres.port)).rejects.toThrow('ECONNREFUSED');
});
