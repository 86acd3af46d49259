import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './port.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { provideRedis, redisCommand } from './redis-program.ts';
import { ServerProcess } from './server-process.ts';

/** A primary, its replica and three sentinels that watch them. */
export interface Sentinels extends AsyncDisposable {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly nodes: { host: string; port: number }[];
  /** Waits until a sentinel names the replica as the primary, up to 1 s after its promotion. */
  announced(): Promise<void>;
}

/** Starts a primary, its replica and three sentinels that know each other. */
export async function startSentinels(): Promise<Sentinels> {
  const primary = await startRedis();
  const replica = await startRedis({ replicaOf: { port: primary.port } });
  const program = await provideRedis();
  const ports = [await freePort(), await freePort(), await freePort()];
  const sentinels = await Promise.all(
    ports.map(async (port) => {
      const directory = await mkdtemp(join(tmpdir(), 'map-sentinel-'));
      const file = join(directory, 'sentinel.conf');
      await writeFile(
        file,
        [
          `port ${port}`,
          'bind 127.0.0.1',
          `sentinel monitor main 127.0.0.1 ${primary.port} 2`,
          'sentinel down-after-milliseconds main 600',
          'sentinel failover-timeout main 2000',
          '',
        ].join('\n'),
      );
      return await ServerProcess.start({
        ...redisCommand(program, directory, port, [file, '--sentinel']),
        directory,
        isReady: (log) => log.includes('+monitor master main'),
      });
    }),
  );
  const ready = async (): Promise<boolean> => {
    const info = await primary.command('INFO', 'replication');
    return info.includes('state=online') && sentinels.every(({ log }) => knows(log));
  };
  while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    primary,
    replica,
    nodes: ports.map((port) => ({ host: '127.0.0.1', port })),
    async announced() {
      for (let named = false; !named; await sleep(10)) {
        const answers = ports.map((port) => primaryPort(port));
        named = (await Promise.all(answers)).some((port) => port === replica.port);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...sentinels, primary, replica].map((server) => server.stop()));
    },
  };
}

/** Whether a sentinel has found the replica and both other sentinels. */
function knows(log: string): boolean {
  return log.includes('+slave slave') && log.split('+sentinel sentinel').length > 2;
}

/** The port of the server that a sentinel names as the primary. */
async function primaryPort(sentinel: number): Promise<number> {
  const socket = connect(sentinel, '127.0.0.1');
  try {
    socket.write('SENTINEL GET-MASTER-ADDR-BY-NAME main\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return Number(reply.toString().split('\r\n')[4]);
  } finally {
    socket.destroy();
  }
}
