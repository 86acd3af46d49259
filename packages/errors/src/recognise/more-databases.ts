import { read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { Recogniser } from './recognition.ts';

// postgres.js, whose errors have the same word twice.
const POSTGRES_JS: Readonly<Record<string, ErrorCode>> = {
  CONNECTION_CLOSED: ErrorCode.CONNECTION_RESET,
  CONNECT_TIMEOUT: ErrorCode.CONNECTION_TIMEOUT,
  CONNECTION_ENDED: ErrorCode.CLIENT_CLOSED,
  CONNECTION_DESTROYED: ErrorCode.CLIENT_CLOSED,
};

type Rule = readonly [word: RegExp, code: ErrorCode];

// https://neo4j.com/docs/status-codes/current/
const NEO4J: readonly Rule[] = [
  [/^Neo\.TransientError\./, ErrorCode.DATABASE_CONFLICT],
  [/^Neo\.ClientError\.Security\./, ErrorCode.CONFIG_INVALID],
  [/^(?:ServiceUnavailable|SessionExpired)$/, ErrorCode.CONNECTION_ERROR],
];

// https://docs.oracle.com/error-help/db/
const ORACLE: readonly Rule[] = [
  [/^NJS-(?:040|076)$/, ErrorCode.POOL_EXHAUSTED],
  [/^NJS-(?:065|002|003)$/, ErrorCode.CLIENT_CLOSED],
  // The statement was sent, so it may have been executed.
  [/^NJS-(?:500|501|521)$|^ORA-(?:03113|03135)$/, ErrorCode.CONNECTION_RESET],
  [/^NJS-50[5-8]$/, ErrorCode.TLS_FAILURE],
  [/^NJS-510$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^NJS-511$/, ErrorCode.CONNECTION_REFUSED],
  [/^NJS-530$/, ErrorCode.DNS_FAILURE],
  // The connect string, a file that it needs, or the wallet.
  [/^NJS-(?:51[24-7]|52[0-9]|535)$/, ErrorCode.CONFIG_INVALID],
  [/^NJS-(?:5\d\d)$|^ORA-(?:03114|12170|12514|12541|12545)$/, ErrorCode.CONNECTION_ERROR],
  [/^ORA-(?:00060|08177)$/, ErrorCode.DATABASE_CONFLICT],
  [/^ORA-(?:01017|28000|28001)$/, ErrorCode.CONFIG_INVALID],
];

// The errors of the client of MariaDB itself have these numbers.
const MARIADB_CLIENT = [45_000, 45_999] as const;
const MARIADB: readonly Rule[] = [
  [/_TIMEOUT$/, ErrorCode.CONNECTION_TIMEOUT],
  [/_CLOSED(?:_POOL)?$/, ErrorCode.CLIENT_CLOSED],
  [/^ER_SOCKET/, ErrorCode.CONNECTION_RESET],
];

// mssql and tedious
const MSSQL: Readonly<Record<string, ErrorCode>> = {
  ELOGIN: ErrorCode.CONFIG_INVALID,
  ECONNCLOSED: ErrorCode.CLIENT_CLOSED,
  ENOTOPEN: ErrorCode.CLIENT_CLOSED,
  ETIMEOUT: ErrorCode.CONNECTION_TIMEOUT,
};
const DEADLOCK = 1205;

/** postgres.js, Neo4j, Oracle, SQL Server, and the pool of MariaDB. */
export const recogniseMoreDatabases: Recogniser = (error) => {
  const name = readString(error, 'name') ?? '';
  const word = readString(error, 'code') ?? '';
  const details = { system_code: word.slice(0, 60) };
  if (Object.hasOwn(POSTGRES_JS, word) && readString(error, 'errno') === word) {
    return { code: POSTGRES_JS[word] as ErrorCode, details };
  }
  if (word === 'ER_GET_CONNECTION_TIMEOUT') return { code: ErrorCode.POOL_EXHAUSTED, details };
  const errno = readNumber(error, 'errno') ?? 0;
  if (errno >= MARIADB_CLIENT[0] && errno <= MARIADB_CLIENT[1]) {
    const code = match(MARIADB, word);
    // The statement was sent.
    const retryable = word === 'ER_SOCKET_TIMEOUT' ? 'conditional' : undefined;
    return code && { code, details, retryable };
  }
  if (name === 'Neo4jError') {
    return { code: match(NEO4J, word) ?? ErrorCode.DATABASE_ERROR, details };
  }
  if (/^(?:ORA|NJS)-\d{3,5}$/.test(word)) {
    return { code: match(ORACLE, word) ?? ErrorCode.DATABASE_ERROR, details };
  }
  // Older versions of tedious, which Sequelize brings along, set no name.
  const type = name === 'Error' ? readString(read(error, 'constructor'), 'name') : name;
  if (!/^(?:Request|Connection|Transaction)Error$/.test(type ?? '')) return undefined;
  // `ETIMEOUT` is also a word of Node's DNS.
  const isTimer = / in \d+ ?ms\b/.test(readString(error, 'message') ?? '');
  if (Object.hasOwn(MSSQL, word) && (word !== 'ETIMEOUT' || isTimer)) {
    // A request was sent, so it may have been executed.
    const retryable = word === 'ETIMEOUT' && type === 'RequestError' ? 'conditional' : undefined;
    return { code: MSSQL[word] as ErrorCode, details, retryable };
  }
  const number = readNumber(error, 'number') ?? readNumber(read(error, 'originalError'), 'number');
  return word === 'EREQUEST' && number === DEADLOCK
    ? { code: ErrorCode.DATABASE_CONFLICT, details }
    : undefined;
};

function match(rules: readonly Rule[], text: string): ErrorCode | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}
