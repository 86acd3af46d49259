import { redactText } from '@map/redaction';
import { MAX_TIMER_MS, shortString } from '@map/redaction/kernel';
import { classNameOf, type ErrorCategory } from '../codes/category.ts';
import { type CodeInfo, findCodeInfo } from '../codes/code-info.ts';
import type { Retry } from '../codes/code-table.ts';
import { type AnyErrorCode, type DetailsOf, ErrorCode } from '../codes/error-code.ts';
import type { Details } from '../codes/error-details.ts';
import { fingerprint } from '../output/fingerprint.ts';
import { fromJSON } from '../output/from-json.ts';
import { type GrpcStatus, toGrpcStatus } from '../output/grpc-status.ts';
import { inspectError } from '../output/inspect.ts';
import { type ErrorJSON, errorToJSON, MAX_MESSAGE } from '../output/json.ts';
import { type LoggerLike, logError } from '../output/log.ts';
import {
  type ProblemDetails,
  type ProblemOptions,
  toProblemDetails,
} from '../output/problem-details.ts';
import { BRAND } from '../shape/brand.ts';
import { nameClass, registerClass } from '../shape/class-registry.ts';
import type { ErrorShape } from '../shape/error-shape.ts';

/** The options of an error. */
export interface BaseErrorOptions<C extends AnyErrorCode = AnyErrorCode> {
  readonly code: C;
  /** A short sentence: what happened, the value, the remedy. Secrets in it are masked. */
  readonly message: string;
  /** Facts for logs and tools, in snake_case. */
  readonly details?: NoInfer<DetailsOf<C>>;
  /** The cause of this error; available as `originalError` and `cause`. */
  readonly originalError?: unknown;
  /** How long to wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /**
   * Overrides the retry classification of the code. `conditional`: only if the operation is
   * idempotent, because it may have been executed.
   */
  readonly retryable?: boolean | 'conditional' | undefined;
  /** `false` omits the stack, which is nearly all of an error's cost. */
  readonly stack?: false;
}

// Behind a getter: Node prints the cause of an uncaught error in full, with its secrets.
const CAUSE: PropertyDescriptor & ThisType<BaseError> = {
  configurable: true,
  get(): unknown {
    return this.originalError;
  },
};

const NO_OPTIONS = {} as BaseErrorOptions<never>;

/**
 * The error that all packages of MAP throw: a code, a message, details and the cause.
 *
 * Its `name` follows from the code: `APIError` for `API_ERROR_2000`.
 *
 * @throws BaseError with `PROGRAMMING_ERROR_1010` if the code is unknown at run time.
 *
 * @example
 * ```ts
 * import { BaseError, ErrorCode } from '@map/errors';
 *
 * const error = new BaseError({
 *   code: ErrorCode.SYSTEM_ERROR,
 *   message: 'System initialization failed.',
 *   details: { component: 'database' },
 * });
 * error.httpStatus; // 500
 * ```
 */
export class BaseError<C extends AnyErrorCode = AnyErrorCode> extends Error implements ErrorShape {
  declare readonly code: C;
  /** Whether a retry may help: always, never, or as `isRetryable` decides. */
  declare readonly retry: Retry;
  declare readonly retryAfterMs: number | undefined;
  #details: DetailsOf<C> = {} as DetailsOf<C>;
  #original: unknown;

  constructor(options: BaseErrorOptions<C>) {
    // Callers without types may omit the options; the error is then about the unknown code.
    const { code, message, details, originalError, stack } = options ?? NO_OPTIONS;
    const text = typeof message === 'string' ? message : (shortString(message) ?? '');
    const limit = Error.stackTraceLimit;
    if (stack === false) limitStack(0);
    super(redactText(text, { limit: MAX_MESSAGE }));
    if (stack === false) limitStack(limit);
    const info = findCodeInfo(code);
    if (info === undefined) throw unknownCode(code, text, originalError);
    if (originalError !== undefined) {
      this.#original = originalError;
      Object.defineProperty(this, 'cause', CAUSE);
    }
    this.code = code;
    if (details !== undefined && details !== null) this.#details = details;
    const { retryable } = options;
    this.retry = retryOf(retryable) ?? info.retry;
    this.retryAfterMs = waitOf(options.retryAfterMs);
  }

  /**
   * Facts about the failure, as they were given. Printing, logging and JSON redact them.
   */
  // Behind a getter: Node prints the own properties of an uncaught error in clear.
  get details(): DetailsOf<C> {
    return this.#details;
  }

  /**
   * Adds facts to the details, such as what the work that failed had cost.
   *
   * @param details Facts by name; they replace those of the same name.
   */
  addDetails(details: Details): void {
    this.#details = { ...this.#details, ...details };
  }

  /** The cause of this error; the same value as `cause`. */
  get originalError(): unknown {
    return this.#original;
  }

  /** Whether a retry can help, whatever the operation. */
  get retryable(): boolean {
    return this.retry === 'yes';
  }

  /** The HTTP status of the code, 400 to 599. */
  get httpStatus(): number {
    return this.info.httpStatus;
  }

  /** The category of the code, such as `llm`. */
  get category(): ErrorCategory {
    return this.info.category;
  }

  /** Everything that is known about the code. */
  get info(): CodeInfo {
    return findCodeInfo(this.code) ?? (findCodeInfo(ErrorCode.UNKNOWN_ERROR) as CodeInfo);
  }

  /**
   * Returns the error as plain data for logs, queues and other processes, redacted and bounded.
   *
   * @returns A plain object that `BaseError.fromJSON` turns back into this error.
   */
  toJSON(): ErrorJSON {
    return errorToJSON(this);
  }

  /**
   * Returns the problem details of RFC 9457; they contain nothing that an end user may not see.
   *
   * @param options - The URIs of the documentation and of this occurrence.
   */
  toProblemDetails(options?: ProblemOptions): ProblemDetails {
    return toProblemDetails(this, options);
  }

  /** Returns the google.rpc.Status; it contains nothing that an end user may not see. */
  toGrpcStatus(): GrpcStatus {
    return toGrpcStatus(this);
  }

  /**
   * Returns a short key that groups the same failure at the same place.
   *
   * @returns 8 hexadecimal digits, the same on every host and after a release.
   */
  fingerprint(): string {
    return fingerprint(this);
  }

  /**
   * Logs this error once, at the level that fits its code.
   *
   * @param logger - Anything with `debug`, `info`, `warn` and `error`.
   * @param fields - More fields for the log line, in snake_case.
   */
  logError(logger: LoggerLike, fields?: object): void {
    logError(this, logger, fields);
  }

  /**
   * Restores an error from `toJSON()`, as another process, thread or queue sends it.
   *
   * @param json - The object or its JSON; anything else gives `UNKNOWN_ERROR_1001`.
   * @returns An error of the class that fits the code; never throws.
   */
  static fromJSON(json: unknown): BaseError {
    return fromJSON(json) as BaseError;
  }
}

const NAME: PropertyDescriptor & ThisType<BaseError> = {
  configurable: true,
  get(): string {
    const info = findCodeInfo(this.code);
    return info === undefined ? 'BaseError' : classNameOf(info.category);
  },
  set(value: unknown): void {
    Object.defineProperty(this, 'name', { value, configurable: true, writable: true });
  },
};

Object.defineProperties(BaseError.prototype, {
  [BRAND]: { value: true },
  [Symbol.for('nodejs.util.inspect.custom')]: { value: inspectError, configurable: true },
  // The name follows from the code, so that it survives JSON, bundlers and minifiers.
  name: NAME,
});
nameClass(BaseError, 'BaseError');
registerClass('', BaseError);

function retryOf(retryable: boolean | 'conditional' | undefined): Retry | undefined {
  if (retryable === 'conditional') return retryable;
  // Any other value leaves what the code says: an error never fails to be made.
  return typeof retryable === 'boolean' ? (retryable ? 'yes' : 'no') : undefined;
}

function waitOf(ms: number | undefined): number | undefined {
  return ms !== undefined && ms >= 0 ? Math.min(ms, MAX_TIMER_MS) : undefined;
}

function limitStack(frames: number): void {
  try {
    Error.stackTraceLimit = frames;
  } catch {
    // Frozen built-ins: the stack is captured after all.
  }
}

function unknownCode(code: unknown, message: string, originalError: unknown): BaseError {
  return new BaseError({
    code: ErrorCode.PROGRAMMING_ERROR,
    message: `Unknown error code ${JSON.stringify(shortString(code) ?? typeof code)}. Use a value of ErrorCode, or define the code with defineErrors.`,
    details: { unknown_code: shortString(code) ?? typeof code, message },
    originalError,
  });
}
