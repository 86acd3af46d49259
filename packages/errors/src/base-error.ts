import { BRAND } from './brand.ts';
import { registerClass } from './class-registry.ts';
import { type CodeInfo, type ErrorCategory, findCodeInfo } from './code-info.ts';
import type { Retry } from './code-table.ts';
import { type AnyErrorCode, type DetailsOf, ErrorCode } from './error-code.ts';
import { type ErrorJSON, errorToJSON } from './error-json.ts';
import { fingerprint } from './fingerprint.ts';
import { fromJSON } from './from-json.ts';
import { type GrpcStatus, toGrpcStatus } from './grpc-status.ts';
import { inspectError } from './inspect-error.ts';
import { type LoggerLike, logError } from './log-error.ts';
import { type ProblemDetails, type ProblemOptions, toProblemDetails } from './problem-details.ts';
import { shortString } from './safe.ts';

/** What an error is made of. */
export interface BaseErrorOptions<C extends AnyErrorCode = AnyErrorCode> {
  readonly code: C;
  /** A short sentence: what happened, the value, the remedy; never a secret. */
  readonly message: string;
  /** Facts for logs and tools, in snake_case. */
  readonly details?: NoInfer<DetailsOf<C>>;
  /** What caused this error; kept as `originalError` and `cause`. */
  readonly originalError?: unknown;
  /** How long to wait before a retry, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Overrides what the code says about retries. */
  readonly retryable?: boolean | undefined;
  /** `false` leaves out the stack, which is nearly all of an error's cost. */
  readonly stack?: false;
}

const NO_OPTIONS = {} as BaseErrorOptions<never>;

/**
 * The one kind of error the platform throws: a code, a sentence, facts and the cause.
 *
 * @throws BaseError with `PROGRAMMING_ERROR_1010` when the code is unknown at run time.
 *
 * @example
 * import { BaseError, ErrorCode } from '@map/errors';
 *
 * const error = new BaseError({
 *   code: ErrorCode.SYSTEM_ERROR,
 *   message: 'System initialization failed.',
 *   details: { component: 'database' },
 * });
 * error.httpStatus; // 500
 */
export class BaseError<C extends AnyErrorCode = AnyErrorCode> extends Error {
  declare readonly code: C;
  declare readonly details: DetailsOf<C>;
  /** Whether a retry may help: always, never, or as `isRetryable` judges. */
  declare readonly retry: Retry;
  declare readonly retryAfterMs: number | undefined;
  #original: unknown;

  // Node prints the cause of an uncaught error in full, with whatever secrets it holds, unless it
  // stands behind a getter.
  static readonly #cause: PropertyDescriptor & ThisType<BaseError> = {
    configurable: true,
    get(this: BaseError) {
      return this.#original;
    },
  };

  static {
    Object.defineProperty(BaseError.prototype, BRAND, { value: true });
    Object.defineProperty(BaseError.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: inspectError,
    });
    setName(BaseError, 'BaseError');
    registerClass('', BaseError);
  }

  constructor(options: BaseErrorOptions<C>) {
    // Without types the options may be missing; the unknown code then says so.
    const { code, message, details, originalError, stack } = options ?? NO_OPTIONS;
    const text = typeof message === 'string' ? message : (shortString(message) ?? '');
    const limit = Error.stackTraceLimit;
    if (stack === false) limitStack(0);
    super(text);
    if (stack === false) limitStack(limit);
    const info = findCodeInfo(code);
    if (info === undefined) throw unknownCode(code, text, originalError);
    if (originalError !== undefined) {
      this.#original = originalError;
      Object.defineProperty(this, 'cause', BaseError.#cause);
    }
    this.code = code;
    this.details = details ?? ({} as DetailsOf<C>);
    const { retryable } = options;
    this.retry = retryable === undefined ? info.retry : retryable ? 'yes' : 'no';
    this.retryAfterMs = waitOf(options.retryAfterMs);
  }

  /** What caused this error; the same value as `cause`. */
  get originalError(): unknown {
    return this.#original;
  }

  /** Whether a retry helps without knowing more about the operation. */
  get retryable(): boolean {
    return this.retry === 'yes';
  }

  /** The HTTP status that fits, 400 to 599. */
  get httpStatus(): number {
    return this.info.httpStatus;
  }

  /** The family of the code, such as `llm`. */
  get category(): ErrorCategory {
    return this.info.category;
  }

  /** Everything the code says by itself. */
  get info(): CodeInfo {
    return findCodeInfo(this.code) ?? (findCodeInfo(ErrorCode.UNKNOWN_ERROR) as CodeInfo);
  }

  /**
   * Gives what logs, queues and other processes need, redacted and bounded in size.
   *
   * @returns A plain object that `BaseError.fromJSON` turns back into this error.
   */
  toJSON(): ErrorJSON {
    return errorToJSON(this);
  }

  /**
   * Gives the problem details of RFC 9457, with nothing an end user may not see.
   *
   * @param options - The URI of the documentation, and of this occurrence.
   */
  toProblemDetails(options?: ProblemOptions): ProblemDetails {
    return toProblemDetails(this, options);
  }

  /** Gives the google.rpc.Status, with nothing an end user may not see. */
  toGrpcStatus(): GrpcStatus {
    return toGrpcStatus(this);
  }

  /**
   * Gives a short key that groups the same failure at the same place.
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
   * Brings an error back from `toJSON()`, after a process, a thread or a queue.
   *
   * @param json - The object or its JSON text; garbage gives `UNKNOWN_ERROR_1001`.
   * @returns An error of the class that fits the code; never throws.
   */
  static fromJSON(json: unknown): BaseError {
    return fromJSON(json);
  }
}

/** Sets the name that stacks and logs show; it survives a minifier. */
export function setName(type: { prototype: object }, name: string): void {
  Object.defineProperty(type.prototype, 'name', {
    value: name,
    configurable: true,
    writable: true,
  });
}

// A longer wait overflows a timer of Node, which then fires at once.
const MAX_WAIT_MS = 2 ** 31 - 1;

function waitOf(ms: number | undefined): number | undefined {
  return ms !== undefined && ms >= 0 ? Math.min(ms, MAX_WAIT_MS) : undefined;
}

function limitStack(frames: number): void {
  try {
    Error.stackTraceLimit = frames;
  } catch {
    // Where the built-ins are frozen, an error costs its stack.
  }
}

function unknownCode(code: unknown, message: string, originalError: unknown): BaseError {
  return new BaseError({
    code: ErrorCode.PROGRAMMING_ERROR,
    message: `Unknown error code ${JSON.stringify(shortString(code) ?? typeof code)}: use a value of ErrorCode, or define the code with defineErrors.`,
    details: { unknown_code: shortString(code) ?? typeof code, message },
    originalError,
  });
}
