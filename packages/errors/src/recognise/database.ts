import { has, read, readNumber, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { ConnectionDetails } from '../codes/error-details.ts';
import type { Recogniser, Recognition } from './recognition.ts';

type Rule = readonly [state: RegExp, code: ErrorCode];

// SQLSTATE classes, see https://www.postgresql.org/docs/current/errcodes-appendix.html
const POSTGRES: readonly Rule[] = [
  [/^40|^55P03/, ErrorCode.DATABASE_CONFLICT],
  [/^28|^3D|^42501/, ErrorCode.CONFIG_INVALID],
  [/^53300/, ErrorCode.POOL_EXHAUSTED],
  [/^53100/, ErrorCode.STORAGE_FULL],
  [/^08|^57P0/, ErrorCode.CONNECTION_ERROR],
];

const MYSQL: readonly Rule[] = [
  [/^ER_LOCK_(?:DEADLOCK|WAIT_TIMEOUT)$/, ErrorCode.DATABASE_CONFLICT],
  [/^ER_(?:ACCESS_DENIED|DBACCESS_DENIED|BAD_DB)/, ErrorCode.CONFIG_INVALID],
  [/^ER_(?:CON_COUNT|TOO_MANY_USER_CONNECTIONS|USER_LIMIT)/, ErrorCode.POOL_EXHAUSTED],
  [/^ER_(?:SERVER_SHUTDOWN|NORMAL_SHUTDOWN)/, ErrorCode.CONNECTION_ERROR],
  // The limit of MySQL and of MariaDB for a statement.
  [/^ER_(?:QUERY|STATEMENT)_TIMEOUT$/, ErrorCode.OPERATION_TIMEOUT],
];

// The client of pg throws plain errors with these sentences.
const SENTENCES: readonly Rule[] = [
  [/^Connection terminated due to connection timeout$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^Connection terminated/, ErrorCode.CONNECTION_RESET],
  [/^Query read timeout$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^timeout exceeded when trying to connect$/, ErrorCode.POOL_EXHAUSTED],
  [/^timeout expired$/, ErrorCode.CONNECTION_TIMEOUT],
  // The query was not sent.
  [/^Client has encountered a connection error and is not queryable$/, ErrorCode.CONNECTION_ERROR],
  [/^Client was closed and is not queryable$/, ErrorCode.CLIENT_CLOSED],
  [/^Cannot use a pool after calling end on the pool$/, ErrorCode.CLIENT_CLOSED],
  [/^There was an error establishing an SSL connection$/, ErrorCode.TLS_FAILURE],
  [/^The server does not support SSL connections$/, ErrorCode.TLS_FAILURE],
  // mysql2
  [/^Queue limit reached\.$|^No connections available\.$/, ErrorCode.POOL_EXHAUSTED],
  [/^Pool is closed\.$/, ErrorCode.CLIENT_CLOSED],
  [/^Can't add new command when connection is in closed state$/, ErrorCode.CLIENT_CLOSED],
  [/^Knex: Timeout acquiring a connection/, ErrorCode.POOL_EXHAUSTED],
];

// node:sqlite has numbers, see https://sqlite.org/rescode.html
const SQLITE: readonly Rule[] = [
  [/^SQLITE_(?:BUSY|LOCKED)|^[56]$/, ErrorCode.DATABASE_CONFLICT],
  [/^SQLITE_FULL|^13$/, ErrorCode.STORAGE_FULL],
  [/^SQLITE_(?:CANTOPEN|NOTADB)|^14$|^26$/, ErrorCode.CONFIG_INVALID],
];

const PRISMA: Readonly<Record<string, ErrorCode>> = {
  P1000: ErrorCode.CONFIG_INVALID,
  P1001: ErrorCode.CONNECTION_REFUSED,
  P1002: ErrorCode.CONNECTION_TIMEOUT,
  P1003: ErrorCode.CONFIG_INVALID,
  P1008: ErrorCode.CONNECTION_TIMEOUT,
  P1010: ErrorCode.CONFIG_INVALID,
  P1011: ErrorCode.TLS_FAILURE,
  P1012: ErrorCode.CONFIG_INVALID,
  P1013: ErrorCode.CONFIG_INVALID,
  P1017: ErrorCode.CONNECTION_RESET,
  P2024: ErrorCode.POOL_EXHAUSTED,
  P2028: ErrorCode.DATABASE_CONFLICT,
  P2034: ErrorCode.DATABASE_CONFLICT,
  P2037: ErrorCode.POOL_EXHAUSTED,
  // Accelerate
  P5011: ErrorCode.RATE_LIMITED,
  P6002: ErrorCode.CONFIG_INVALID,
  P6004: ErrorCode.OPERATION_TIMEOUT,
  P6008: ErrorCode.CONNECTION_ERROR,
};

// The driver of MongoDB sets these names by getters, and the server's codes are numbers.
const MONGO_NAMES: readonly Rule[] = [
  [/^MongoNetworkTimeoutError$|^MongoOperationTimeoutError$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^MongoNetworkError$|^MongoPoolClear/, ErrorCode.CONNECTION_RESET],
  [/^Mongo(?:ose)?ServerSelectionError$/, ErrorCode.CONNECTION_ERROR],
  [/^MongoWaitQueueTimeoutError$/, ErrorCode.POOL_EXHAUSTED],
  [/^MongoNotConnectedError$|^Mongo\w+ClosedError$/, ErrorCode.CLIENT_CLOSED],
  [/^MongoParseError$|^MongoInvalidArgumentError$|^MongoMissing/, ErrorCode.CONFIG_INVALID],
];

const MONGO_CODES: Readonly<Record<number, ErrorCode>> = {
  6: ErrorCode.CONNECTION_ERROR,
  7: ErrorCode.CONNECTION_ERROR,
  18: ErrorCode.CONFIG_INVALID,
  50: ErrorCode.OPERATION_TIMEOUT,
  89: ErrorCode.CONNECTION_TIMEOUT,
  91: ErrorCode.CONNECTION_ERROR,
  112: ErrorCode.DATABASE_CONFLICT,
  189: ErrorCode.CONNECTION_ERROR,
  251: ErrorCode.DATABASE_CONFLICT,
  262: ErrorCode.OPERATION_TIMEOUT,
  10107: ErrorCode.CONNECTION_ERROR,
  11600: ErrorCode.CONNECTION_ERROR,
  11602: ErrorCode.CONNECTION_ERROR,
  13435: ErrorCode.CONNECTION_ERROR,
  13436: ErrorCode.CONNECTION_ERROR,
};

/** PostgreSQL by severity and SQLSTATE, MySQL by its `ER_` codes, SQLite, MongoDB, Prisma, and the clients. */
export const recogniseDatabase: Recogniser = (error) => {
  const document = recogniseMongo(error) ?? recognisePrisma(error);
  if (readString(error, 'name') === 'SequelizeConnectionAcquireTimeoutError') {
    return { code: ErrorCode.POOL_EXHAUSTED };
  }
  if (document !== undefined) return document;
  const code = readString(error, 'code');
  if (code === undefined) {
    const message = readString(error, 'message') ?? '';
    const found = match(SENTENCES, message);
    if (found === undefined) return undefined;
    // The statement was sent, so it may have been executed.
    return /^Query read timeout$/.test(message)
      ? { code: found, retryable: 'conditional' }
      : { code: found };
  }
  if (/^[\dA-Z]{5}$/.test(code) && isPostgres(error)) {
    return { code: postgresCode(code, error), details: detailsOf(error, code) };
  }
  if (code === 'PROTOCOL_CONNECTION_LOST') return { code: ErrorCode.CONNECTION_RESET };
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') {
    return { code: ErrorCode.CONNECTION_TIMEOUT, retryable: 'conditional' };
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return { code: ErrorCode.TLS_FAILURE };
  if (code.startsWith('ER_') && has(error, 'sqlState')) {
    return {
      code: match(MYSQL, code) ?? ErrorCode.DATABASE_ERROR,
      details: { system_code: code.slice(0, 60) },
    };
  }
  if (code.startsWith('SQLITE_') || code === 'ERR_SQLITE_ERROR') {
    const word = String(readNumber(error, 'errcode') ?? code).slice(0, 60);
    return {
      code: match(SQLITE, word) ?? ErrorCode.DATABASE_ERROR,
      details: { system_code: word },
    };
  }
  return undefined;
};

function recogniseMongo(error: object): Recognition | undefined {
  const name = readString(error, 'name') ?? '';
  if (!/^Mongo(?:ose)?[A-Z]/.test(name) || name === 'MongooseError') return undefined;
  const number = readNumber(error, 'code');
  const code =
    match(MONGO_NAMES, name) ??
    (number === undefined ? undefined : MONGO_CODES[number]) ??
    ErrorCode.DATABASE_ERROR;
  return { code, details: number === undefined ? {} : { system_code: String(number) } };
}

function recognisePrisma(error: object): Recognition | undefined {
  if (readString(error, 'clientVersion') === undefined) return undefined;
  const word = readString(error, 'code') ?? readString(error, 'errorCode') ?? '';
  const code = Object.hasOwn(PRISMA, word) ? PRISMA[word] : prismaState(error, word);
  const details = /^P\d{4}$/.test(word) ? { system_code: word } : {};
  return { code: code ?? ErrorCode.DATABASE_ERROR, details };
}

/** A raw query keeps the code of the database; a start without a code has a sentence. */
function prismaState(error: object, word: string): ErrorCode | undefined {
  if (word === '' && /^Can't reach database server\b/.test(readString(error, 'message') ?? '')) {
    return ErrorCode.CONNECTION_REFUSED;
  }
  const meta = read(error, 'meta');
  const driver = read(read(meta, 'driverAdapterError'), 'cause');
  const state =
    readString(meta, 'code') ?? readString(driver, 'originalCode') ?? readString(driver, 'code');
  return state === undefined ? undefined : match(POSTGRES, state);
}

/** The drivers have the severity; PostgREST, which Supabase calls, has details and a hint. */
function isPostgres(error: object): boolean {
  return (
    readString(error, 'severity') !== undefined || (has(error, 'details') && has(error, 'hint'))
  );
}

function postgresCode(state: string, error: object): ErrorCode {
  if (state === '57014') {
    const late = /timeout/.test(readString(error, 'message') ?? '');
    return late ? ErrorCode.OPERATION_TIMEOUT : ErrorCode.OPERATION_CANCELLED;
  }
  return match(POSTGRES, state) ?? ErrorCode.DATABASE_ERROR;
}

// `detail`, `where` and `hint` hold rows and parameters: they stay behind.
function detailsOf(error: object, state: string): ConnectionDetails {
  const details: ConnectionDetails = { system_code: state };
  for (const key of ['schema', 'table', 'column', 'constraint']) {
    const value = shortString(readString(error, key), 100);
    if (value) details[key] = value;
  }
  return details;
}

function match(rules: readonly Rule[], text: string): ErrorCode | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}
