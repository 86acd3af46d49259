import { freePort } from './port.ts';
import { type RedisServer, startRedis } from './redis.ts';

/** A cluster of three primaries; the first one has a replica. */
export interface Cluster extends AsyncDisposable {
  readonly primaries: readonly RedisServer[];
  readonly replica: RedisServer;
  readonly nodes: { host: string; port: number }[];
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts three primaries and a replica of the first, all of them connected. */
export async function startCluster(): Promise<Cluster> {
  const servers = await Promise.all(
    [0, 1, 2, 3].map(async () =>
      startRedis({
        config: [
          'cluster-enabled yes',
          'cluster-node-timeout 1000',
          'cluster-require-full-coverage no',
          'cluster-replica-validity-factor 0',
          `cluster-port ${await freePort()}`,
        ],
      }),
    ),
  );
  const [first, second, third, replica] = servers as [
    RedisServer,
    RedisServer,
    RedisServer,
    RedisServer,
  ];
  const busPort = async (server: RedisServer): Promise<string> =>
    /cluster-port\r\n\$\d+\r\n(\d+)/.exec(
      await server.command('CONFIG', 'GET', 'cluster-port'),
    )?.[1] ?? '';
  for (const server of [second, third, replica]) {
    const bus = await busPort(server);
    // A handshake that takes more than a second is aborted, as it may on a busy machine.
    while (!(await hasMet(first, server))) {
      await first.command('CLUSTER', 'MEET', '127.0.0.1', `${server.port}`, bus);
      await sleep(50);
    }
  }
  await first.command('CLUSTER', 'ADDSLOTSRANGE', '0', '5460');
  await second.command('CLUSTER', 'ADDSLOTSRANGE', '5461', '10922');
  await third.command('CLUSTER', 'ADDSLOTSRANGE', '10923', '16383');
  const id = await nodeId(first);
  while (!(await replica.command('CLUSTER', 'REPLICATE', id)).startsWith('+OK')) await sleep(50);
  for (const server of servers) {
    while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await sleep(50);
    while (!(await server.command('CLUSTER', 'NODES')).includes('slave ')) await sleep(50);
  }
  while (!(await replica.command('INFO', 'replication')).includes('master_link_status:up')) {
    await sleep(50);
  }
  return {
    primaries: [first, second, third],
    replica,
    nodes: [first, second, third].map(({ port }) => ({ host: '127.0.0.1', port })),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

async function nodeId(server: RedisServer): Promise<string> {
  return /[0-9a-f]{40}/.exec(await server.command('CLUSTER', 'MYID'))?.[0] ?? '';
}

/** Whether a node knows another one, beyond a handshake that has only begun. */
async function hasMet(node: RedisServer, other: RedisServer): Promise<boolean> {
  const known = (await node.command('CLUSTER', 'NODES')).split('\n');
  return known.some((line) => line.includes(`:${other.port}@`) && !line.includes('handshake'));
}

/** Moves a slot, with the keys in it, from one primary to another. */
export async function moveSlot(slot: number, from: RedisServer, to: RedisServer): Promise<void> {
  const [source, target] = [await nodeId(from), await nodeId(to)];
  await to.command('CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', source);
  await from.command('CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', target);
  for (;;) {
    const reply = await from.command('CLUSTER', 'GETKEYSINSLOT', `${slot}`, '100');
    const keys = reply.split('\r\n').filter((_, line) => line >= 2 && line % 2 === 0 && line > 0);
    const names = keys.filter(Boolean);
    if (names.length === 0) break;
    await from.command('MIGRATE', '127.0.0.1', `${to.port}`, '', '0', '1000', 'KEYS', ...names);
  }
  await to.command('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target);
  await from.command('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', target);
}
