import { BaseError, type BaseErrorOptions, setName } from './base-error.ts';
import { type CodeInfo, type ErrorCategory, findCodeInfo, isBuiltInCategory } from './code-info.ts';
import type { GrpcCode, Retry } from './code-table.ts';
import { type DefinedCode, ErrorCode } from './error-code.ts';
import type { Details } from './error-details.ts';
import { isGrpcCode } from './grpc-status.ts';
import { isObject, read, readString } from './safe.ts';
import { shared } from './shared.ts';

/** One error of a domain of your own. */
export interface ErrorDefinition<D extends object = Details> {
  /** The number in the code: 10,000 or more, used once and never again. */
  readonly number: number;
  /** The HTTP status, 400 to 599. */
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  readonly retry: Retry;
  /** A sentence that is safe to show to an end user. */
  readonly userMessage: string;
  /** Another provider may answer where this one failed; `false` by default. */
  readonly failover?: boolean;
  /** Only its type counts: `{} as { card_id?: string }`. */
  readonly details?: D;
}

/** A domain of your own: its category and its errors by name. */
export interface DomainDefinition<E extends Record<string, ErrorDefinition<object>>> {
  /** In lower case, such as `billing`; the class is then called `BillingError`. */
  readonly category: string;
  readonly errors: E;
}

/** The codes of a domain, by the name without the number. */
export type DomainCodes<E extends Record<string, ErrorDefinition<object>>> = {
  readonly [K in keyof E & string]: DefinedCode<
    `${K}_${E[K]['number']}`,
    E[K] extends { readonly details: infer D extends object } ? D & Details : Details
  >;
};

/** The class of a domain. */
export type DomainClass<Codes> = new <C extends Codes & DefinedCode>(
  options: BaseErrorOptions<C>,
) => BaseError<C>;

/** What `defineErrors` gives back. */
export interface Domain<E extends Record<string, ErrorDefinition<object>>> {
  readonly ErrorCode: DomainCodes<E>;
  readonly Error: DomainClass<DomainCodes<E>[keyof E & string]>;
}

const FIRST_NUMBER = 10_000;
const RETRIES: ReadonlySet<unknown> = new Set<Retry>(['yes', 'no', 'conditional']);

/**
 * Adds a category, its codes and its class; they behave like the platform's own everywhere.
 *
 * @param definition - The category and its errors.
 * @returns The codes and the class.
 * @throws BaseError with `PROGRAMMING_ERROR_1010` for a number below 10,000, a number that another
 *   error has, a category of the platform, or a status that is none.
 *
 * @example
 * import { defineErrors } from '@map/errors';
 *
 * const Billing = defineErrors({
 *   category: 'billing',
 *   errors: {
 *     CARD_DECLINED: {
 *       number: 10_001,
 *       httpStatus: 402,
 *       grpcCode: 'FAILED_PRECONDITION',
 *       retry: 'no',
 *       userMessage: 'The card was declined.',
 *       details: {} as { card_id?: string },
 *     },
 *   },
 * });
 * const error = new Billing.Error({
 *   code: Billing.ErrorCode.CARD_DECLINED,
 *   message: 'The bank declined the card.',
 *   details: { card_id: 'card_1' },
 * });
 * error.code; // 'CARD_DECLINED_10001'
 */
export function defineErrors<const E extends Record<string, ErrorDefinition<object>>>(
  definition: DomainDefinition<E>,
): Domain<E> {
  const category = readString(definition, 'category') ?? '';
  const errors = read(definition, 'errors') as E;
  if (!/^[a-z][a-z0-9_]*$/.test(category)) {
    throw wrong(`The category ${JSON.stringify(category)} must be in lower case.`);
  }
  if (!isObject(errors)) throw wrong(`The category ${category} needs errors.`);
  if (isBuiltInCategory(category)) {
    throw wrong(`The category ${category} is one of the platform: use another name.`);
  }
  const infos = Object.entries(errors).map(([name, error]) => infoOf(category, name, error));
  const twice = infos.find(
    (info, index) => infos.findIndex((other) => numberOf(other) === numberOf(info)) !== index,
  );
  if (twice !== undefined) throw wrong(`${twice.code} needs another number: it is used twice.`);
  for (const info of infos) shared().codes.set(info.code, info);
  const type = classOf(category);
  shared().classes.set(category, type as never);
  const codes = Object.fromEntries(
    infos.map((info, index) => [Object.keys(errors)[index], info.code]),
  );
  return { ErrorCode: Object.freeze(codes) as DomainCodes<E>, Error: type as never };
}

function infoOf(category: ErrorCategory, name: string, error: ErrorDefinition<object>): CodeInfo {
  const { number, httpStatus, grpcCode, retry, userMessage, failover = false } = error;
  const code = `${name}_${number}` as DefinedCode;
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw wrong(`The name ${name} must be in upper case.`);
  if (!Number.isSafeInteger(number) || number < FIRST_NUMBER) {
    throw wrong(`${code} needs a whole number of ${FIRST_NUMBER} or more.`);
  }
  if (!Number.isInteger(httpStatus) || httpStatus < 400 || httpStatus > 599) {
    throw wrong(`${code} needs an HTTP status from 400 to 599, not ${httpStatus}.`);
  }
  if (!isGrpcCode(grpcCode)) throw wrong(`${code} needs a gRPC status, not ${grpcCode}.`);
  if (!RETRIES.has(retry)) {
    throw wrong(`${code} needs a retry of yes, no or conditional, not ${retry}.`);
  }
  if (typeof userMessage !== 'string') throw wrong(`${code} needs a message for end users.`);
  const taken = [...shared().codes.values()].find((other) => other.code.endsWith(`_${number}`));
  if (taken !== undefined && (taken.code !== code || taken.category !== category)) {
    throw wrong(`${code} needs another number: ${taken.code} of ${taken.category} has it.`);
  }
  const docAnchor = code.toLowerCase();
  const row = { httpStatus, grpcCode, retry, failover, userMessage };
  return Object.freeze({ code, category, ...row, docAnchor });
}

function numberOf({ code }: CodeInfo): string {
  return code.slice(code.lastIndexOf('_') + 1);
}

function classOf(category: ErrorCategory): typeof BaseError {
  class DomainError extends BaseError {
    constructor(options: BaseErrorOptions) {
      super(options);
      const found = findCodeInfo(options.code)?.category;
      if (found !== category) throw wrong(`${options.code} is no code of ${category}.`);
    }
  }
  const words = category.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  setName(DomainError, `${words.join('')}Error`);
  return DomainError as typeof BaseError;
}

function wrong(message: string): BaseError {
  return new BaseError({ code: ErrorCode.PROGRAMMING_ERROR, message });
}
