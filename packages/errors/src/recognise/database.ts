import { has, readString, shortString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { ConnectionDetails } from '../codes/error-details.ts';
import type { Recogniser } from './recognition.ts';

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
];

// The client of pg throws plain errors with these sentences.
const SENTENCES: readonly Rule[] = [
  [/^Connection terminated due to connection timeout$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^Connection terminated/, ErrorCode.CONNECTION_RESET],
  [/^Query read timeout$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^timeout exceeded when trying to connect$/, ErrorCode.POOL_EXHAUSTED],
  [/^timeout expired$/, ErrorCode.CONNECTION_TIMEOUT],
  [/^Client was closed and is not queryable$/, ErrorCode.CLIENT_CLOSED],
  [/^Cannot use a pool after calling end on the pool$/, ErrorCode.CLIENT_CLOSED],
];

/** PostgreSQL by severity and SQLSTATE, MySQL by its `ER_` codes, and what pg says by itself. */
export const recogniseDatabase: Recogniser = (error) => {
  const code = readString(error, 'code');
  if (code === undefined) {
    const message = readString(error, 'message') ?? '';
    const found = match(SENTENCES, message);
    return found === undefined ? undefined : { code: found };
  }
  if (/^[\dA-Z]{5}$/.test(code) && readString(error, 'severity') !== undefined) {
    return { code: postgresCode(code, error), details: detailsOf(error, code) };
  }
  if (code === 'PROTOCOL_CONNECTION_LOST') return { code: ErrorCode.CONNECTION_RESET };
  if (code.startsWith('ER_') && has(error, 'sqlState')) {
    return {
      code: match(MYSQL, code) ?? ErrorCode.DATABASE_ERROR,
      details: { system_code: code.slice(0, 60) },
    };
  }
  return undefined;
};

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
