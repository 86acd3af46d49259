import { expect, test } from 'vitest';
import { readReply } from '../src/reply.ts';

test.each([
  ['A queue.\nKeywords: queue, Redis', 'A queue.', ['queue', 'redis']],
  ['A queue.\n\n**Keywords:** queue, queue, redis.', 'A queue.', ['queue', 'redis']],
  ['No list.', 'No list.', []],
  ['', '', []],
])('reads %j', (reply, summary, keywords) => {
  expect(readReply(reply)).toEqual({ summary, keywords });
});
