import { type Address, type RedisOptions, redisTarget } from '@map/connections';
import type { QueueSettings } from './queue-options.ts';

/** Where a queue is. */
export interface QueuePlace {
  /** Prefix of its keys. */
  readonly prefix: string;
  /** The Redis, by its address. */
  readonly place: string;
}

/** Tells where a queue is: of queues with one name, those in the same place are one. */
export function placeOf({ name, prefix }: QueueSettings, options: RedisOptions): QueuePlace {
  const { cluster, sentinel } = options;
  const { host, port, path, database } = redisTarget(name, options);
  let place = `${path ?? `${host}:${port}`}/${database}`;
  if (cluster !== undefined) place = `the cluster at ${listed(cluster)}`;
  else if (sentinel !== undefined) {
    place = `${sentinel.primary}/${database} of the sentinels at ${listed(sentinel.nodes)}`;
  }
  return { prefix: prefix ?? (cluster === undefined ? 'bull' : '{bull}'), place };
}

/** The nodes that name a group of servers, in one order: two groups may use one name. */
function listed(nodes: readonly Address[]): string {
  return nodes
    .map(({ host, port }) => `${host}:${port}`)
    .sort()
    .join(', ');
}
