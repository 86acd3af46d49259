import type { TraceLogger } from '@map/logger';
import type { QueueClient } from '../client/queue-client.ts';
import { isReplyError } from '../client/reply-error.ts';

/** The parts of a queue that a warning needs. */
interface WarnedQueue {
  readonly settings: { readonly name: string };
  readonly log: TraceLogger;
}

/** The queues that have had their warning. */
const warned = new WeakSet<WarnedQueue>();

/**
 * Warns once if Redis may remove the keys of a queue when its memory is full, or does not tell. A
 * connection that is lost meanwhile says nothing: the next one asks again.
 */
export async function warnOfEviction(queue: WarnedQueue, client: QueueClient): Promise<void> {
  if (warned.has(queue)) return;
  const { log, settings } = queue;
  const warn = (message: string, fields: object) => {
    if (warned.has(queue)) return;
    warned.add(queue);
    log.warning(message, { queue: settings.name, ...fields });
  };
  try {
    const policy = /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1];
    if (policy === undefined || policy === 'noeviction') return;
    warn('Redis may evict tasks of a queue: set its maxmemory-policy to noeviction', {
      maxmemory_policy: policy,
    });
  } catch (error) {
    if (!isReplyError(error)) return;
    warn('Redis refuses INFO: its maxmemory-policy is unknown, and must be noeviction', {
      reason: error.message,
    });
  }
}
