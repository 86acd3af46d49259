import { CODE_TABLE, type CodeRow, type GrpcCode, type Retry } from './code-table.ts';
import type { AnyErrorCode } from './error-code.ts';
import { shared } from './shared.ts';

/** The platform's own categories, one class each. */
export type BuiltInCategory =
  | 'system'
  | 'api'
  | 'configuration'
  | 'validation'
  | 'auth'
  | 'llm'
  | 'agent'
  | 'task'
  | 'tool'
  | 'memory'
  | 'cache'
  | 'connection'
  | 'resilience';

/** A category of the platform or one made by `defineErrors`. */
export type ErrorCategory = BuiltInCategory | (string & {});

/** What is known about a code without any error at hand. */
export interface CodeInfo {
  readonly code: AnyErrorCode;
  readonly category: ErrorCategory;
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  readonly retry: Retry;
  /** Another provider may answer where this one failed. */
  readonly failover: boolean;
  /** A sentence that is safe to show to an end user. */
  readonly userMessage: string;
  /** The anchor of this code in docs/errors.md. */
  readonly docAnchor: string;
}

const FAILOVER = new Set([5001, 5002, 5003, 5009, 5010, 5011, 5012, 5013]);

// The first four numbers of each range, highest first: a code belongs to the first it reaches.
const RANGES: readonly (readonly [from: number, category: BuiltInCategory])[] = [
  [9500, 'resilience'],
  [9000, 'connection'],
  [8500, 'cache'],
  [8000, 'memory'],
  [7500, 'tool'],
  [7000, 'task'],
  [6000, 'agent'],
  [5000, 'llm'],
  [4000, 'auth'],
  [3500, 'validation'],
  [3000, 'configuration'],
  [2000, 'api'],
  [1000, 'system'],
];

/** Says whether the platform itself has this category. */
export function isBuiltInCategory(category: string): boolean {
  return RANGES.some(([, name]) => name === category);
}

const infos = new Map<string, CodeInfo>();

/**
 * Finds what is known about a code.
 *
 * @param code - Anything; only a string can be a code.
 * @returns The facts, or undefined when nobody defined such a code.
 *
 * @example
 * import { findCodeInfo } from '@map/errors';
 *
 * findCodeInfo('LLM_RATE_LIMITED_5001')?.httpStatus; // 429
 * findCodeInfo('NO_SUCH_CODE'); // undefined
 */
export function findCodeInfo(code: unknown): CodeInfo | undefined {
  if (typeof code !== 'string') return undefined;
  const known = infos.get(code);
  if (known !== undefined) return known;
  if (!Object.hasOwn(CODE_TABLE, code)) return shared().codes.get(code);
  const info = builtInInfo(code as keyof typeof CODE_TABLE);
  infos.set(code, info);
  return info;
}

function builtInInfo(code: keyof typeof CODE_TABLE): CodeInfo {
  const [httpStatus, grpcCode, retry, userMessage]: CodeRow = CODE_TABLE[code];
  const number = Number(code.slice(-4));
  const category = RANGES.find(([from]) => number >= from)?.[1] ?? 'system';
  return Object.freeze({
    code,
    category,
    httpStatus,
    grpcCode,
    retry,
    failover: FAILOVER.has(number),
    userMessage,
    docAnchor: code.toLowerCase(),
  });
}
