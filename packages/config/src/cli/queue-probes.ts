import { convertException } from '@map/errors';
import { withDeadline } from '@map/lifecycle';
import type { Settings } from '@map/settings';
import type { Queue } from 'bullmq';
import { type Bullmq, loadBullmq, loadIoredis } from '../queue/client/libraries.ts';
import type { QueueClient } from '../queue/client/queue-client.ts';
import { queueClient } from '../queue/client/redis-client.ts';
import { rightsRemedy } from '../queue/core/queue-error.ts';
import { redisOptions } from '../wiring/connection-options.ts';
import type { Finding, Probe } from './probe.ts';

/** The probes of queues and their resources. */
export interface QueueProbes {
  readonly probes: readonly Probe[];
  close(): void;
}

const NONE: QueueProbes = { probes: [], close: () => undefined };

/** Queues that are shown at most. */
const MOST_QUEUES = 50;
const SCAN_COUNT = 1_000;

/** Where BullMQ keeps what belongs to a whole queue. */
const META = /^(.+):([^:]+):meta$/;

/**
 * Makes a probe for each queue in the Redis of the settings.
 *
 * @param timeoutMs Limit of the search.
 * @returns None if BullMQ is not installed.
 */
export async function queueProbes(settings: Settings, timeoutMs: number): Promise<QueueProbes> {
  const libraries = await Promise.all([loadBullmq(), loadIoredis()]).catch(() => undefined);
  if (libraries === undefined) return NONE;
  const [bullmq, ioredis] = libraries;
  const client = queueClient(ioredis, 'doctor', redisOptions(settings));
  client.on('error', () => undefined);
  const close = () => client.disconnect();
  try {
    const search = async (signal: AbortSignal) => {
      // A server may not allow INFO.
      const info = await client.info('memory').catch(() => '');
      const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
      return { found: await findQueues(client, signal), policy };
    };
    const what = 'The search for queues';
    const { found, policy } = await withDeadline(search, { timeoutMs, what });
    const probes = found.map((queue) => queueProbe(bullmq, client, queue, policy));
    return { probes, close };
  } catch (error) {
    close();
    return { probes: [unsearched(error)], close: () => undefined };
  }
}

/** A finding about queues that could not be searched for: this user may have none. */
function unsearched(error: unknown): Probe {
  const { message } = convertException(error, { origin: 'redis' });
  const remedy = 'Allow the user of Redis the command SCAN, on a connection without a proxy.';
  return {
    name: 'queues',
    target: 'SCAN',
    run: async () => ({
      verdict: 'warning',
      message: `The queues cannot be listed: ${message}`,
      remedy,
    }),
    remedy: () => remedy,
  };
}

interface FoundQueue {
  readonly prefix: string;
  readonly name: string;
}

async function findQueues(client: QueueClient, signal: AbortSignal): Promise<FoundQueue[]> {
  const found = new Map<string, FoundQueue>();
  const nodes = 'nodes' in client ? client.nodes('master') : [client];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const options = ['MATCH', '*:meta', 'COUNT', SCAN_COUNT, 'TYPE', 'hash'] as const;
      const [next, keys] = await node.scan(cursor, ...options);
      cursor = next;
      for (const key of keys) {
        const [, prefix, name] = META.exec(key) ?? [];
        if (prefix !== undefined && name !== undefined) found.set(key, { prefix, name });
      }
    } while (cursor !== '0' && found.size < MOST_QUEUES && !signal.aborted);
  }
  const names = [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
  return names.slice(0, MOST_QUEUES);
}

function queueProbe(
  bullmq: Bullmq,
  client: QueueClient,
  { prefix, name }: FoundQueue,
  policy: string | undefined,
): Probe {
  return {
    name: `queue ${name}`,
    target: `${prefix}:${name}`,
    run: async () => {
      const options = { connection: client, prefix, skipMetasUpdate: true };
      const queue = new bullmq.Queue(name, options);
      queue.on('error', () => undefined);
      return await examine(queue, policy);
    },
    remedy: () => rightsRemedy(prefix),
  };
}

async function examine(queue: Queue, policy: string | undefined): Promise<Finding> {
  const {
    waiting = 0,
    prioritized = 0,
    ...counts
  } = await queue.getJobCounts(
    ...(['waiting', 'prioritized', 'active', 'delayed', 'waiting-children', 'failed'] as const),
  );
  // A server may not allow CLIENT LIST.
  const workers = await queue.getWorkersCount().catch(() => undefined);
  const depth = waiting + prioritized;
  const states = Object.entries({ waiting: depth, ...counts })
    .filter(([state, count]) => count > 0 || state === 'waiting')
    .map(([state, count]) => `${count} ${state}`);
  const working =
    workers === undefined ? '' : `; ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const message = `${states.join(', ')}${working}.`;
  if (policy !== undefined && policy !== 'noeviction') {
    return {
      verdict: 'warning',
      message,
      remedy: `Set maxmemory-policy of Redis to noeviction: ${policy} may remove tasks.`,
    };
  }
  if (depth > 0 && workers === 0) {
    return { verdict: 'warning', message, remedy: 'Start a worker: nothing takes these tasks.' };
  }
  return { message };
}
