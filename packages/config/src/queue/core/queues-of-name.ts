// The open queues of one name: they share one health check and one set of gauges, whose labels have
// the name alone. A second object of a queue in the same Redis counts nothing twice; queues of one
// name in several Redis are added up.

import type { Lifecycle } from '@map/lifecycle';
import { getMetricsManager } from '@map/metrics';
import type { QueueCounts } from '../data/types.ts';
import type { QueuePlace } from './queue-place.ts';

/** The part of an open queue that is watched. */
export interface CountedQueue {
  readonly settings: { readonly name: string };
  /** The reason for which its Redis is away, if that is known. */
  readonly absence: unknown;
  counts(): Promise<QueueCounts>;
  location(): QueuePlace;
}

interface Group {
  readonly queues: Set<CountedQueue>;
  readonly end: () => void;
}

const groups = new WeakMap<object, Map<string, Group>>();

/**
 * Adds a queue to those of its name.
 *
 * @param owner What they are made known to.
 * @param queue The queue.
 * @param begin Makes the first queue known with those to come; returns what ends that after the last.
 * @returns A function that takes the queue away.
 */
function join(
  owner: object,
  queue: CountedQueue,
  begin: (queues: ReadonlySet<CountedQueue>) => () => void,
): () => void {
  const { name } = queue.settings;
  const named = groups.get(owner) ?? new Map<string, Group>();
  groups.set(owner, named);
  let group = named.get(name);
  if (group === undefined) {
    const queues = new Set([queue]);
    group = { queues, end: begin(queues) };
    named.set(name, group);
  }
  const { queues, end } = group;
  queues.add(queue);
  return () => {
    if (!queues.delete(queue) || queues.size > 0) return;
    named.delete(name);
    end();
  };
}

/** Checks the health of a queue for a lifecycle, unless the application has a check of that name. */
export function watchHealth(
  { health }: Lifecycle,
  queue: CountedQueue,
  timeoutMs: number,
): () => void {
  const label = `queue ${queue.settings.name}`;
  return join(health, queue, (queues) => {
    if (health.has(label)) return () => undefined;
    return health.register(label, () => countsOf(queues), { timeoutMs });
  });
}

/** Keeps the gauges of a queue. */
export function watchDepth(queue: CountedQueue): () => void {
  const metrics = getMetricsManager();
  const { name } = queue.settings;
  return join(metrics, queue, (queues) =>
    metrics.onCollect(async () => {
      // A failed collection is counted.
      const { completed: _kept, ...counts } = await countsOf(queues);
      metrics.trackTask('queueDepth', { queue: name }, counts.waiting + counts.prioritized);
      for (const [state, count] of Object.entries(counts)) {
        metrics.trackTask('queueJobs', { queue: name, state: state as keyof typeof counts }, count);
      }
    }),
  );
}

/** Adds up the tasks of several queues, of which some may be the same one in Redis. */
async function countsOf(queues: ReadonlySet<CountedQueue>): Promise<QueueCounts> {
  const places = new Map<string, CountedQueue>();
  for (const queue of queues) {
    // At once: otherwise every scrape would wait for Redis, and a health check would not know why.
    if (queue.absence !== undefined) throw queue.absence;
    const { prefix, place } = queue.location();
    places.set(`${place} ${prefix}`, queue);
  }
  const [first, ...rest] = await Promise.all([...places.values()].map((queue) => queue.counts()));
  const sum = { ...(first as QueueCounts) };
  for (const counts of rest) {
    for (const state of Object.keys(sum) as (keyof QueueCounts)[]) sum[state] += counts[state];
  }
  return sum;
}
