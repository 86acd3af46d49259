import { isReplyError } from './reply-error.ts';

/** The oldest version that BullMQ recommends. */
const UNKNOWN_VERSION = 'redis_version:6.2.0';

/**
 * The reply to INFO for BullMQ. It prints a warning about the policy for each of its connections; the
 * queue logs one. A refusal would make it try again for ever, without a pause and without a turn of
 * the event loop.
 */
export function forBullmq(reply: Promise<string>, given: readonly unknown[]): Promise<string> {
  // ioredis asks with a callback, and the queue for one section: both get the whole reply.
  if (given.length > 0) return reply;
  return reply.then(
    (info) => info.replaceAll(/^maxmemory_policy:.*$/gm, ''),
    (error: unknown) => {
      if (isReplyError(error)) return UNKNOWN_VERSION;
      throw error;
    },
  );
}
