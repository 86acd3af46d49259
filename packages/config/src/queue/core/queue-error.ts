import {
  type BaseError,
  ConnectionError,
  ErrorCode,
  ValidationError,
  type ValidationIssue,
} from '@map/errors';
import { isReplyError } from '../client/reply-error.ts';
import { type JsonLoss, jsonLoss, lossText } from '../data/json-loss.ts';

/** Tells what to do about a value that JSON would change. */
export const LOSS_REMEDY =
  'Pass plain objects, arrays, strings, finite numbers, booleans and null, such as a date as an ISO string.';

/** Makes the error of an argument that cannot be used. */
export function argumentError(
  message: string,
  issues: readonly ValidationIssue[] = [],
  originalError?: unknown,
): ValidationError {
  return new ValidationError({
    code: ErrorCode.VALIDATION_ERROR,
    message,
    ...(originalError !== undefined && { originalError }),
    ...(issues.length > 0 && { details: { issues } }),
  });
}

/** Tells which rights a user of Redis needs for the queues of a prefix. */
export function rightsRemedy(prefix: string): string {
  return `Allow the user of Redis what BullMQ needs: ~${prefix}:* +@read +@write +@scripting +@transaction +@connection +info.`;
}

/** How Redis says that a user may not do something; a script does not name the command. */
const NOT_PERMITTED = /^NOPERM\b|user executing the script can't run this command/;
/** How servers and proxies say that they do not have a command; EXEC alone has lost its MULTI. */
const NOT_THERE =
  /^ERR (?:EXEC without MULTI|.*\b(?:unknown|unsupported|disabled|not (?:allowed|supported))\b)/i;

/**
 * Makes the error of a command that Redis, or a proxy before it, refuses by its name or its keys.
 *
 * @param thrown The error of ioredis.
 * @param queue Name of the queue.
 * @param prefix Prefix of its keys.
 * @returns Undefined for any other error.
 */
export function refusedCommand(
  thrown: unknown,
  queue: string,
  prefix: string,
): ConnectionError | undefined {
  const reason = firstReply(thrown);
  if (reason === undefined) return undefined;
  const { message } = reason;
  const isForbidden = NOT_PERMITTED.test(message);
  if (!isForbidden && !NOT_THERE.test(message)) return undefined;
  const remedy = isForbidden
    ? rightsRemedy(prefix)
    : 'BullMQ needs a server that has all commands of Redis 6.2, without a proxy that lacks some.';
  return new ConnectionError({
    code: isForbidden ? ErrorCode.REDIS_AUTH_FAILED : ErrorCode.REDIS_ERROR,
    message: `Redis refuses a command of queue "${queue}": ${message.replace(/\.$/, '')}. ${remedy}`,
    details: { pool: poolName(queue), reply: message.split(' ', 1)[0] ?? '' },
    retryable: false,
    originalError: reason,
  });
}

/** The error that Redis replied with; of a transaction that was discarded, the first inside it. */
export function firstReply(thrown: unknown): Error | undefined {
  if (!isReplyError(thrown)) return undefined;
  const { previousErrors } = thrown as { readonly previousErrors?: readonly unknown[] };
  const first = Array.isArray(previousErrors) ? previousErrors[0] : undefined;
  return isReplyError(first) ? first : thrown;
}

/**
 * Tells why tasks could not be added: their data does not survive JSON, BullMQ refused an option, or
 * the error as it is.
 */
export function refusalOf(error: BaseError, queue: string, data: readonly unknown[]): BaseError {
  if (error.code === ErrorCode.REDIS_UNAVAILABLE) return error;
  const original = error.originalError;
  const loss = data.map(jsonLoss).find((one) => one !== undefined);
  // It has changed since it was checked.
  if (loss !== undefined) return lossError(`a task of queue "${queue}"`, loss, original);
  if (error.code !== ErrorCode.REDIS_ERROR || !isOfBullmq(original)) return error;
  return argumentError(`BullMQ refused a task of queue "${queue}": ${error.message}`, [], original);
}

/**
 * Whether BullMQ itself refused: errors of Redis have their own name, those of its connection a code
 * in words. The scripts of BullMQ answer with negative numbers.
 */
function isOfBullmq(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'Error') return false;
  return !('code' in error) || (typeof error.code === 'number' && error.code < 0);
}

/** Makes the error of data that JSON would change. */
export function lossError(of: string, loss: JsonLoss, originalError?: unknown): ValidationError {
  const { path, what } = loss;
  const message = `The data of ${of} must survive JSON: ${lossText(loss)}. ${LOSS_REMEDY}`;
  return argumentError(message, [{ path, message: `The value ${what}` }], originalError);
}

/** Makes the error of a task of another producer; BullMQ does not say which one it is. */
export function unreadableError(name: string, originalError: unknown): ValidationError {
  return new ValidationError({
    code: ErrorCode.SCHEMA_MISMATCH,
    message: `A task of queue "${name}" cannot be read: its data, options, progress or parent in Redis is not JSON. Correct it, or pause the queue and remove it with BullMQ's Queue; the warning "Task taken back from another process" names its id.`,
    originalError,
  });
}

/**
 * Makes the error of a command without a reply in time.
 *
 * @param queue Name of the queue.
 * @param what What the queue did not do.
 * @param limitMs The limit in milliseconds.
 * @param reason What happened to the connection meanwhile: a password that is refused, a host that
 * does not exist, a connection that was just lost; undefined for nothing.
 */
export function lateError(
  queue: string,
  what: string,
  limitMs: number,
  reason: unknown,
): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.REDIS_UNAVAILABLE,
    message: `Queue "${queue}" did not ${what} within ${limitMs} ms.`,
    details: { pool: poolName(queue), timeout_ms: limitMs },
    ...(reason !== undefined && { originalError: reason }),
  });
}

/** Makes the error of a use after the shutdown: a connection would keep the process alive. */
export function endedError(name: string): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.CLIENT_CLOSED,
    message: `Queue "${name}" was closed by the shutdown. Use it before, or call initializeConfig() again.`,
    details: { pool: poolName(name) },
  });
}

/** Makes the error of connections that a port for TLS closes, or a proxy after a command that it does not know. */
export function closedAtOnce(name: string): ConnectionError {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: `Redis closes each connection of queue "${name}" at once. A port that expects TLS needs rediss://. A proxy that does so refuses HELLO, CLIENT, INFO, EVAL, EVALSHA or BZPOPMIN: connect the queue to Redis itself.`,
    details: { pool: poolName(name) },
  });
}

/** The label `pool` of a queue's connection. */
export function poolName(queue: string): string {
  return `queue:${queue}`;
}
