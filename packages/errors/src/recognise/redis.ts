import { has, isArray, read, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { Recogniser, Recognition } from './recognition.ts';

const UNAVAILABLE = ErrorCode.REDIS_UNAVAILABLE;

const PREFIXES: Readonly<Record<string, ErrorCode>> = {
  LOADING: UNAVAILABLE,
  BUSY: UNAVAILABLE,
  CLUSTERDOWN: UNAVAILABLE,
  MASTERDOWN: UNAVAILABLE,
  TRYAGAIN: UNAVAILABLE,
  NOREPLICAS: UNAVAILABLE,
  READONLY: UNAVAILABLE,
  WRONGPASS: ErrorCode.REDIS_AUTH_FAILED,
  NOAUTH: ErrorCode.REDIS_AUTH_FAILED,
  NOPERM: ErrorCode.REDIS_AUTH_FAILED,
  DENIED: ErrorCode.REDIS_AUTH_FAILED,
  OOM: ErrorCode.REDIS_OUT_OF_MEMORY,
  MISCONF: ErrorCode.REDIS_ERROR,
  MOVED: ErrorCode.CONFIG_INVALID,
  ASK: ErrorCode.CONFIG_INVALID,
  WRONGTYPE: ErrorCode.REDIS_ERROR,
  ERR: ErrorCode.REDIS_ERROR,
  NOSCRIPT: ErrorCode.REDIS_ERROR,
  NOPROTO: ErrorCode.REDIS_ERROR,
  CROSSSLOT: ErrorCode.REDIS_ERROR,
  EXECABORT: ErrorCode.REDIS_ERROR,
  UNKILLABLE: ErrorCode.REDIS_ERROR,
  BUSYGROUP: ErrorCode.REDIS_ERROR,
  NOGROUP: ErrorCode.REDIS_ERROR,
  INPROG: ErrorCode.REDIS_ERROR,
};

// Words that others may begin a message with too: alone they prove nothing.
const AMBIGUOUS: Readonly<Record<string, RegExp>> = {
  LOADING: /^LOADING \w+ is loading/,
  BUSY: /^BUSY \w+ is busy/,
  DENIED: /^DENIED Redis/,
  OOM: /^OOM command not allowed/,
  MOVED: /^MOVED \d+ /,
  ASK: /^ASK \d+ /,
  ERR: /^ERR \S/,
};

const CLIENT: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^One \(or more\) of the watched keys has been changed/, ErrorCode.REDIS_CONFLICT],
  [/^Timeout waiting for a client/, ErrorCode.POOL_EXHAUSTED],
  [/^The client is closed$/, ErrorCode.CLIENT_CLOSED],
  [/^Disconnects client$/, ErrorCode.CLIENT_CLOSED],
  [/^The client is offline$/, UNAVAILABLE],
  [/^All the root nodes are unavailable$/, UNAVAILABLE],
  [/^Socket closed unexpectedly$/, ErrorCode.CONNECTION_RESET],
  [/^Socket timeout\b/, ErrorCode.CONNECTION_TIMEOUT],
  [/^Command timeout\b/, ErrorCode.CONNECTION_TIMEOUT],
  [/^Connection timeout$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^The command was aborted$/, ErrorCode.OPERATION_CANCELLED],
  // ioredis
  [/^Connection is closed\.$/, ErrorCode.CLIENT_CLOSED],
  [/^Reached the max retries per request limit/, UNAVAILABLE],
  [/^Stream isn't writeable and enableOfflineQueue/, UNAVAILABLE],
  [/^Command timed out$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^None of startup nodes is available$/, UNAVAILABLE],
  [/^Failed to refresh slots cache\.$/, UNAVAILABLE],
  [/^All sentinels are unreachable\b/, UNAVAILABLE],
];

const UNANSWERED = /^(?:Socket timeout|Command timeout|Command timed out)/;

/** Replies of a Redis server by their first word, and the own errors of node-redis. */
export const recogniseRedis: Recogniser = (error, context) => {
  if (has(error, 'code') && readString(error, 'code') !== undefined) return undefined;
  const replies = read(error, 'replies');
  if (isArray(replies)) {
    const reply = read(replies, firstIndex(error));
    return context.recurse(reply) ?? { code: ErrorCode.REDIS_ERROR };
  }
  const message = readString(error, 'message') ?? '';
  for (const [pattern, code] of CLIENT) {
    if (!pattern.test(message)) continue;
    // The command was sent, so it may have been executed.
    return UNANSWERED.test(message) ? { code, retryable: 'conditional' } : { code };
  }
  return recogniseReply(message, context.origin === 'redis' || context.origin === 'cache');
};

function firstIndex(error: object): PropertyKey {
  const index = read(read(error, 'errorIndexes'), 0);
  return typeof index === 'number' ? index : 0;
}

function recogniseReply(message: string, certain: boolean): Recognition | undefined {
  const [, word = ''] = /^(?:-)?([A-Z]{3,12}) /.exec(message.slice(0, 20)) ?? [];
  const code = Object.hasOwn(PREFIXES, word) ? PREFIXES[word] : undefined;
  if (code === undefined) return undefined;
  if (!certain && AMBIGUOUS[word]?.test(message) === false) return undefined;
  if (/^ERR max number of clients/.test(message)) return { code: UNAVAILABLE };
  return { code, details: { reply: word } };
}
