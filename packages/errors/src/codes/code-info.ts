import { processState } from '@map/redaction/kernel';
import { categoryOfNumber, type ErrorCategory } from './category.ts';
import { CODE_TABLE, type CodeRow, type GrpcCode, type Retry } from './code-table.ts';
import type { AnyErrorCode } from './error-code.ts';

/** The properties of a code, without an error. */
export interface CodeInfo {
  readonly code: AnyErrorCode;
  readonly category: ErrorCategory;
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  readonly retry: Retry;
  /** Whether another provider may succeed where this one failed. */
  readonly failover: boolean;
  /** A sentence that is safe to show to an end user. */
  readonly userMessage: string;
  /** The anchor of this code in docs/error-codes.md. */
  readonly docAnchor: string;
}

const FAILOVER = new Set([5001, 5002, 5003, 5009, 5010, 5011, 5012, 5013]);

const infos = new Map<string, CodeInfo>();

/** Returns the codes made by `defineErrors`, shared by every installed copy of this package. @internal */
export function definedCodes(): Map<string, CodeInfo> {
  return processState('@map/errors/codes@1', () => new Map<string, CodeInfo>());
}

/**
 * Returns the properties of a code.
 *
 * @param code - Any value; only a string can be a code.
 * @returns The facts, or undefined if no such code is defined.
 *
 * @example
 * ```ts
 * import { findCodeInfo } from '@map/errors';
 *
 * findCodeInfo('LLM_RATE_LIMITED_5001')?.httpStatus; // 429
 * findCodeInfo('NO_SUCH_CODE'); // undefined
 * ```
 */
export function findCodeInfo(code: unknown): CodeInfo | undefined {
  if (typeof code !== 'string') return undefined;
  const known = infos.get(code);
  if (known !== undefined) return known;
  if (!Object.hasOwn(CODE_TABLE, code)) return definedCodes().get(code);
  const info = builtInInfo(code as keyof typeof CODE_TABLE);
  infos.set(code, info);
  return info;
}

function builtInInfo(code: keyof typeof CODE_TABLE): CodeInfo {
  const [httpStatus, grpcCode, retry, userMessage]: CodeRow = CODE_TABLE[code];
  const number = Number(code.slice(-4));
  return Object.freeze({
    code,
    category: categoryOfNumber(number),
    httpStatus,
    grpcCode,
    retry,
    failover: FAILOVER.has(number),
    userMessage,
    docAnchor: code.toLowerCase(),
  });
}
