import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startRedis } from '../../src/index.ts';

test('a private server answers on loopback and is gone after stop', async () => {
  const redis = await startRedis();
  expect(await redis.command('PING')).toBe('+PONG\r\n');
  expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`);
  await redis.stop();
  expect(redis.running).toBe(false);
  await expect(redis.command('PING')).rejects.toThrow('ECONNREFUSED');
});

test('password, users and further configuration reach the server', async () => {
  await using redis = await startRedis({
    password: 's3cret',
    users: ['alice on >wonder ~alice:* +@all'],
    config: ['maxclients 42'],
  });
  expect(redis.url).toBe(`redis://:s3cret@127.0.0.1:${redis.port}`);
  expect(await redis.command('CONFIG', 'GET', 'maxclients')).toContain('42');
  expect(await redis.command('ACL', 'LIST')).toContain('user alice on');
});

test('a replica follows its primary', async () => {
  await using primary = await startRedis({ password: 'p' });
  await using replica = await startRedis({ replicaOf: { port: primary.port, password: 'p' } });
  await primary.command('SET', 'fruit', 'pear');
  await expect.poll(() => replica.command('GET', 'fruit'), { timeout: 10_000 }).toContain('pear');
});

test('a cluster of one node serves every slot', async () => {
  await using redis = await startRedis({ cluster: true });
  expect(await redis.command('SET', 'fruit', 'pear')).toBe('+OK\r\n');
});

test('TLS needs the certificate made for the server', async () => {
  await using redis = await startRedis({ tls: true });
  const { connect: connectTls } = await import('node:tls');
  const reply = await new Promise<string>((resolve, reject) => {
    const socket = connectTls({
      port: redis.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: redis.certificate?.cert,
    });
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.write('PING\r\n');
  });
  expect(redis.url).toMatch(/^rediss:/);
  expect(reply).toBe('+PONG\r\n');
});

test('a paused server answers after it is resumed, a killed one after a restart', async () => {
  await using redis = await startRedis();
  redis.pause();
  const answer = redis.command('PING');
  redis.resume();
  expect(await answer).toBe('+PONG\r\n');
  await redis.kill();
  await expect(redis.command('PING')).rejects.toThrow('ECONNREFUSED');
  await redis.restart();
  expect(await redis.command('PING')).toBe('+PONG\r\n');
});

test('a configuration the server refuses is an error with its words', async () => {
  await expect(startRedis({ config: ['no-such-line yes'] })).rejects.toThrow(
    /ended at once[\s\S]*no-such-line/,
  );
});

test('the server ends and its folder goes when the process that started it is killed', async () => {
  const script = `
    import { startRedis } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
    import { readlinkSync } from 'node:fs';
    const redis = await startRedis();
    console.log(JSON.stringify({ port: redis.port, cwd: readlinkSync('/proc/' + redis.pid + '/cwd') }));
    setInterval(() => {}, 1000);
  `;
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  const { port, cwd } = JSON.parse(String(line)) as { port: number; cwd: string };
  expect(existsSync(cwd)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => refuses(port), { timeout: 10_000 }).toBe(true);
  await expect.poll(() => existsSync(cwd), { timeout: 10_000 }).toBe(false);
});

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
