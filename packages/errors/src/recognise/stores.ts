import { has, isObject, read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';
import { isBrokenBody, systemCode, unusableResponse } from './system.ts';

type Rule = readonly [word: RegExp, found: Recognition];

/** The statement was sent, so it may have been executed. */
const UNANSWERED: Recognition = { code: ErrorCode.CONNECTION_TIMEOUT, retryable: 'conditional' };
const AWAY: Recognition = { code: ErrorCode.CONNECTION_ERROR };
const REFUSED: Recognition = { code: ErrorCode.CONFIG_INVALID };

// https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
const CLICKHOUSE: readonly Rule[] = [
  [/^(?:TIMEOUT_EXCEEDED|SOCKET_TIMEOUT)$/, UNANSWERED],
  [/^(?:QUOTA_EXCEEDED|TOO_MANY_PARTS)$/, { code: ErrorCode.RATE_LIMITED }],
  [/^TOO_MANY_SIMULTANEOUS_QUERIES$/, { code: ErrorCode.POOL_EXHAUSTED }],
  [/^(?:NETWORK_ERROR|ALL_CONNECTION_TRIES_FAILED|NO_ZOOKEEPER|TABLE_IS_READ_ONLY)$/, AWAY],
  [
    /^(?:AUTHENTICATION_FAILED|REQUIRED_PASSWORD|ACCESS_DENIED|UNKNOWN_(?:USER|DATABASE))$/,
    REFUSED,
  ],
  [/^QUERY_WAS_CANCELLED/, { code: ErrorCode.OPERATION_CANCELLED }],
];

// https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v5.spec
const CASSANDRA: Readonly<Record<number, Recognition>> = {
  256: REFUSED,
  4096: AWAY,
  4097: { code: ErrorCode.SERVICE_UNAVAILABLE },
  4098: AWAY,
  4352: UNANSWERED,
  // Reading twice does no harm.
  4608: { code: ErrorCode.CONNECTION_TIMEOUT },
  8448: REFUSED,
};

// https://docs.postgrest.org/en/stable/references/errors.html
const POSTGREST: readonly Rule[] = [
  [/^PGRST00[012]$/, AWAY],
  [/^PGRST003$/, { code: ErrorCode.POOL_EXHAUSTED }],
  [/^PGRST[123]/, { code: ErrorCode.UPSTREAM_REJECTED }],
];

// memjs and memcached
const MEMCACHED: readonly Rule[] = [
  [/^socket timed out waiting on response\.$/, UNANSWERED],
  [/^socket timed out connecting to server\.$/, { code: ErrorCode.CONNECTION_TIMEOUT }],
  [
    /^No servers available$|^Server at \S+ not available$|^MemJS [A-Z]+: (?:Busy|Temporary failure)$/,
    { code: ErrorCode.CACHE_UNAVAILABLE },
  ],
  [/^MemJS [A-Z]+: Authentication error$/, REFUSED],
];

/** ClickHouse, Cassandra, memcached, and PostgREST, which the client of Supabase calls. */
export const recogniseStores: Recogniser = (error, context) =>
  recogniseClickHouse(error) ??
  recogniseCassandra(error, context) ??
  recognisePostgrest(error, context) ??
  (context.origin === 'cache' || context.origin === 'memory'
    ? match(MEMCACHED, readString(error, 'message'))
    : undefined);

function recogniseClickHouse(error: object): Recognition | undefined {
  const type = readString(error, 'type') ?? '';
  if (!/^\d{1,4}$/.test(readString(error, 'code') ?? '') || !/^[A-Z][A-Z\d_]{3,60}$/.test(type)) {
    return undefined;
  }
  // The limit of one query refuses it again.
  const isFull =
    type === 'MEMORY_LIMIT_EXCEEDED' && /\(total\)/.test(readString(error, 'message') ?? '');
  const found = isFull ? { code: ErrorCode.RESOURCE_EXHAUSTED } : match(CLICKHOUSE, type);
  return { code: ErrorCode.DATABASE_ERROR, ...found, details: { system_code: type } };
}

function recogniseCassandra(error: object, context: RecogniseContext): Recognition | undefined {
  // Its errors describe their class.
  if (!/^Represents an? /.test(readString(error, 'info') ?? '')) return undefined;
  const name = readString(error, 'name');
  if (name === 'OperationTimedOutError') return UNANSWERED;
  if (name === 'BusyConnectionError') return { code: ErrorCode.POOL_EXHAUSTED };
  if (name === 'AuthenticationError') return REFUSED;
  if (name === 'NoHostAvailableError') {
    const inner = read(error, 'innerErrors');
    const first = isObject(inner) ? Object.values(inner)[0] : undefined;
    return context.recurse(first) ?? AWAY;
  }
  const number = readNumber(error, 'code');
  if (name !== 'ResponseError' || number === undefined) return undefined;
  const details = { system_code: `0x${number.toString(16).padStart(4, '0')}` };
  return { ...(CASSANDRA[number] ?? { code: ErrorCode.DATABASE_ERROR }), details };
}

/** A plain object, or an Error, with `message`, `details`, `hint` and `code`. */
function recognisePostgrest(error: object, { origin }: RecogniseContext): Recognition | undefined {
  const word = readString(error, 'code');
  if (word === undefined || !has(error, 'details') || !has(error, 'hint')) return undefined;
  if (word !== '') return match(POSTGREST, word);
  // No response: the details repeat the error of fetch, with its code in brackets.
  const said = `${readString(error, 'message') ?? ''}\n${readString(error, 'details') ?? ''}`;
  if (/^TimeoutError:/.test(said)) return { code: timeoutCode(origin) };
  if (/^AbortError:/.test(said)) return { code: ErrorCode.OPERATION_CANCELLED };
  const cause = /^Caused by: .{0,300}\(([A-Z][A-Z\d_]{2,40})\)$/m.exec(said.slice(0, 2000))?.[1];
  if (isBrokenBody(cause)) return { code: unusableResponse(origin) };
  const code = cause === undefined ? undefined : systemCode(cause, error);
  return code === undefined ? undefined : { code, details: { system_code: cause } };
}

function match(rules: readonly Rule[], word: string | undefined): Recognition | undefined {
  return rules.find(([pattern]) => pattern.test(word ?? ''))?.[1];
}
