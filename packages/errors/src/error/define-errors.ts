import { describeValue, isObject, read, readString } from '@map/redaction/kernel';
import { type ErrorCategory, isBuiltInCategory } from '../codes/category.ts';
import { type CodeInfo, definedCodes, findCodeInfo } from '../codes/code-info.ts';
import type { GrpcCode, Retry } from '../codes/code-table.ts';
import { type DefinedCode, ErrorCode } from '../codes/error-code.ts';
import type { Details } from '../codes/error-details.ts';
import { isGrpcCode } from '../codes/grpc.ts';
import { registerDefinedClass } from '../shape/class-registry.ts';
import { BaseError, type BaseErrorOptions } from './base-error.ts';

/** The definition of one error in your own category. */
export interface ErrorDefinition<D extends object = Details> {
  /** The number in the code: a unique one of 10,000 or more, which is never reused. */
  readonly number: number;
  /** The HTTP status, 400 to 599. */
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  readonly retry: Retry;
  /** A sentence that is safe to show to an end user. */
  readonly userMessage: string;
  /** Whether another provider may succeed where this one failed. Default: `false`. */
  readonly failover?: boolean;
  /** Only its type is used: `{} as { card_id?: string }`. */
  readonly details?: D;
}

/** Your own category and its errors by name. */
export interface DomainDefinition<E extends Record<string, ErrorDefinition<object>>> {
  /** In lower case, such as `billing`; the class is then named `BillingError`. */
  readonly category: string;
  readonly errors: E;
}

/** The codes of a category, by their name without the number. */
export type DomainCodes<E extends Record<string, ErrorDefinition<object>>> = {
  readonly [K in keyof E & string]: DefinedCode<
    `${K}_${E[K]['number']}`,
    E[K] extends { readonly details: infer D extends object } ? D & Details : Details
  >;
};

/** The class of a category. */
export type DomainClass<Codes> = new <C extends Codes & DefinedCode>(
  options: BaseErrorOptions<C>,
) => BaseError<C>;

/** The result of `defineErrors`. */
export interface Domain<E extends Record<string, ErrorDefinition<object>>> {
  readonly ErrorCode: DomainCodes<E>;
  readonly Error: DomainClass<DomainCodes<E>[keyof E & string]>;
}

const FIRST_NUMBER = 10_000;
const RETRIES: ReadonlySet<unknown> = new Set<Retry>(['yes', 'no', 'conditional']);

/**
 * Adds a category with its codes and its class; they behave like MAP's own everywhere.
 *
 * @param definition - The category and its errors.
 * @returns The codes and the class.
 * @throws BaseError with `PROGRAMMING_ERROR_1010` if a number is below 10,000 or already used, if the
 *   category is one of MAP's own, or if a status is invalid.
 *
 * @example
 * ```ts
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
 * ```
 */
export function defineErrors<const E extends Record<string, ErrorDefinition<object>>>(
  definition: DomainDefinition<E>,
): Domain<E> {
  const category = readString(definition, 'category') ?? '';
  const errors = read(definition, 'errors') as E;
  if (!/^[a-z][a-z0-9_]*$/.test(category)) {
    throw definitionError(
      `\`category\` must be in lower case, such as "billing", got ${JSON.stringify(category)}.`,
    );
  }
  if (!isObject(errors)) {
    throw definitionError(
      `\`errors\` must be an object of error definitions, got ${describeValue(errors)}.`,
    );
  }
  if (isBuiltInCategory(category)) {
    throw definitionError(
      `\`category\` must not be one of MAP's own, got "${category}". Use another name.`,
    );
  }
  const infos = Object.entries(errors).map(([name, error]) => infoOf(category, name, error));
  const twice = infos.find(
    (info, index) => infos.findIndex((other) => numberOf(other) === numberOf(info)) !== index,
  );
  if (twice !== undefined) {
    const first = infos.find((info) => numberOf(info) === numberOf(twice)) as CodeInfo;
    throw reusedNumber(twice.code, first.code);
  }
  for (const info of infos) definedCodes().set(info.code, info);
  const type = classOf(category);
  registerDefinedClass(category, type);
  const codes = Object.fromEntries(
    infos.map((info, index) => [Object.keys(errors)[index], info.code]),
  );
  return { ErrorCode: Object.freeze(codes) as DomainCodes<E>, Error: type as never };
}

function infoOf(category: ErrorCategory, name: string, error: ErrorDefinition<object>): CodeInfo {
  const { number, httpStatus, grpcCode, retry, userMessage, failover = false } = error;
  const code = `${name}_${number}` as DefinedCode;
  if (!/^[A-Z][A-Z0-9_]*$/.test(name))
    throw definitionError(`The name of an error must be in upper case, got "${name}".`);
  if (!Number.isSafeInteger(number) || number < FIRST_NUMBER) {
    throw definitionError(
      `\`number\` of ${name} must be a whole number of ${FIRST_NUMBER} or more, got ${number}.`,
    );
  }
  if (!Number.isInteger(httpStatus) || httpStatus < 400 || httpStatus > 599) {
    throw definitionError(`\`httpStatus\` of ${name} must be from 400 to 599, got ${httpStatus}.`);
  }
  if (!isGrpcCode(grpcCode))
    throw definitionError(
      `\`grpcCode\` of ${name} must be a gRPC status such as NOT_FOUND, got ${grpcCode}.`,
    );
  if (!RETRIES.has(retry)) {
    throw definitionError(`\`retry\` of ${name} must be yes, no or conditional, got ${retry}.`);
  }
  if (typeof failover !== 'boolean') {
    throw definitionError(
      `\`failover\` of ${name} must be true or false, got ${describeValue(failover)}.`,
    );
  }
  if (typeof userMessage !== 'string')
    throw definitionError(
      `\`userMessage\` of ${name} must be a string, got ${describeValue(userMessage)}.`,
    );
  const taken = [...definedCodes().values()].find((other) => other.code.endsWith(`_${number}`));
  if (taken !== undefined && (taken.code !== code || taken.category !== category)) {
    throw reusedNumber(code, taken.code);
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
      if (found !== category) {
        throw definitionError(`${options.code} does not belong to category ${category}.`);
      }
    }
  }
  return DomainError as typeof BaseError;
}

function reusedNumber(code: string, other: string): BaseError {
  const number = code.slice(code.lastIndexOf('_') + 1);
  return definitionError(`${code} reuses number ${number} of ${other}. Give it a unique number.`);
}

function definitionError(message: string): BaseError {
  return new BaseError({ code: ErrorCode.PROGRAMMING_ERROR, message });
}
