// The client of a queue.
//
// BullMQ takes a client that reconnects by itself, resends what was not answered, and duplicates
// itself for commands that block. It is made from the same options as a connection of
// `@map/connections`, which BullMQ cannot use: it needs ioredis for clusters and sentinels.

import { isIP } from 'node:net';
import { type RedisOptions, type RedisTarget, redisTarget } from '@map/connections';
import { reveal } from '@map/redaction';
import { valueAtOnce } from '@map/redaction/kernel';
import type { ClusterOptions, RedisOptions as IoredisOptions } from 'ioredis';
import { retryDelay } from './client-opening.ts';
import { clusterClient } from './cluster-client.ts';
import { gatheringConnector } from './gathered-writes.ts';
import type { Ioredis } from './libraries.ts';
import type { QueueClient } from './queue-client.ts';
import { singleClient } from './single-client.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** How long a server that hangs may keep a connection open that has been closed, in milliseconds. */
const DISCONNECT_TIMEOUT_MS = 500;
/** The shortest wait between two connections that leave a replica, in milliseconds. */
const REPLICA_MS = 2_000;

/**
 * Makes the client of a queue; it connects on first use.
 *
 * @param ioredis The library.
 * @param name Names the queue in the message of an error.
 * @param options Of the connection, as for `ConnectionManager`.
 * @param onShort Called when one server closes its connections at once, again and again.
 * @throws `CONFIG_INVALID_3002` for an option that cannot be used.
 */
export function queueClient(
  ioredis: Ioredis,
  name: string,
  options: RedisOptions,
  onShort: () => void = () => undefined,
): QueueClient {
  const target = redisTarget(name, options);
  const { cluster, nodeAddressMap, password } = options;
  const Connector = gatheringConnector(ioredis, options.sentinel !== undefined);
  const shared = { ...sharedOptions(options, target), Connector };
  const provider = typeof password === 'function' ? password : undefined;
  if (cluster === undefined) {
    const Client = singleClient(ioredis, provider, onShort);
    return new Client({ ...shared, ...place(options, target) });
  }
  const natMap = (
    typeof nodeAddressMap === 'function'
      ? (address: string) => valueAtOnce(nodeAddressMap(address))
      : nodeAddressMap
  ) as ClusterOptions['natMap'];
  const Client = clusterClient(ioredis, cluster, provider);
  const { db: _always0, ...redisOptions } = shared;
  return new Client([...cluster], {
    // BullMQ abandons a client for good if an attempt of ioredis' constructor fails.
    lazyConnect: true,
    redisOptions,
    clusterRetryStrategy: retryDelay,
    // A certificate names hosts, not addresses.
    ...(target.tls && { dnsLookup: (host, callback) => callback(null, host) }),
    ...(natMap !== undefined && { natMap }),
  });
}

function sharedOptions(options: RedisOptions, target: RedisTarget): IoredisOptions {
  const { clientName, connectTimeoutMs = CONNECT_TIMEOUT_MS, password } = options;
  const { username, database } = target;
  const given = typeof password === 'function' ? undefined : password;
  const text = given === undefined ? target.password : reveal(given);
  return {
    // BullMQ abandons a client for good if it starts the first attempt itself and that fails.
    lazyConnect: typeof password === 'function',
    connectTimeout: connectTimeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    // BullMQ requires it: a command waits for the server to come back.
    maxRetriesPerRequest: null,
    db: database,
    ...(username !== undefined && { username }),
    ...(text !== undefined && { password: text }),
    ...(clientName !== undefined && { connectionName: clientName }),
    ...(target.tls && { tls: tlsOptions(options, target) }),
  };
}

function place(options: RedisOptions, { host, path, port, tls }: RedisTarget): IoredisOptions {
  const { sentinel, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  if (sentinel === undefined) {
    return {
      ...(path === undefined ? { host, port } : { path }),
      reconnectOnError: leaveReplica(),
    };
  }
  const { nodes, primary, username, password } = sentinel;
  return {
    sentinels: nodes.map((node) => ({ ...node })),
    name: primary,
    enableTLSForSentinelMode: tls,
    sentinelRetryStrategy: retryDelay,
    // One that hangs must not keep the others from being asked.
    sentinelCommandTimeout: connectTimeoutMs,
    // A primary that became a replica: the sentinels know the new one.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: reveal(password) }),
  };
}

/**
 * Returns the option that has a client connect again when its server refuses a write as a replica:
 * after a failover, the same name may be that of the new primary. If it is not, the next error waits.
 */
function leaveReplica(): (error: Error) => boolean {
  let leftAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const now = performance.now();
    if (!message.startsWith('READONLY') || now - leftAt < REPLICA_MS) return false;
    leftAt = now;
    return true;
  };
}

function tlsOptions(options: RedisOptions, { host, path }: RedisTarget): Record<string, unknown> {
  const tls = typeof options.tls === 'object' ? options.tls : {};
  const isNamed = options.cluster === undefined && path === undefined && isIP(host) === 0;
  return {
    ...(isNamed && { servername: host }),
    ...tls,
    ...(tls.key !== undefined && { key: reveal(tls.key) }),
  };
}
