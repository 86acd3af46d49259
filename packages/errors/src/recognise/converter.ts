import { processState, read, readNumber, readString, valueAtOnce } from '@map/redaction/kernel';
import { findCodeInfo } from '../codes/code-info.ts';
import type { Details } from '../codes/error-details.ts';
import type { ErrorOrigin, Recognition } from './recognition.ts';

/**
 * Classifies a third-party error, or returns undefined if it does not recognise it.
 *
 * It is also called for causes and for the children of aggregates.
 */
export type Converter = (error: object, origin: ErrorOrigin | undefined) => Recognition | undefined;

function registered(): Set<{ readonly converter: Converter }> {
  return processState('@map/errors/converters@1', () => new Set());
}

/**
 * Adds a converter, which is called before the built-in recognition.
 *
 * @param converter - Called after the converters registered before it; ignored if it throws.
 * @returns A function that removes it again.
 *
 * @example
 * ```ts
 * import { convertException, ErrorCode, registerConverter } from '@map/errors';
 *
 * class QuotaError extends Error {}
 * const remove = registerConverter((error) =>
 *   error instanceof QuotaError ? { code: ErrorCode.LLM_QUOTA_EXCEEDED } : undefined,
 * );
 * convertException(new QuotaError('Used up.')).code; // 'LLM_QUOTA_EXCEEDED_5002'
 * remove();
 * ```
 */
export function registerConverter(converter: Converter): () => void {
  // A separate entry for each registration: one function may be registered twice.
  const entry = { converter };
  registered().add(entry);
  return () => {
    registered().delete(entry);
  };
}

// A converter may convert the error that its error wraps; the limit ends one that converts its own
// error again and again.
const MAX_NESTING = 3;
let nesting = 0;

/** Calls the registered converters in order. @internal */
export function convertersResult(
  error: object,
  origin: ErrorOrigin | undefined,
): Recognition | undefined {
  if (nesting >= MAX_NESTING) return undefined;
  nesting += 1;
  try {
    for (const { converter } of registered()) {
      const found = resultOf(converter, error, origin);
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    nesting -= 1;
  }
}

function resultOf(
  converter: Converter,
  error: object,
  origin: ErrorOrigin | undefined,
): Recognition | undefined {
  try {
    const found = valueAtOnce(converter(error, origin));
    const info = findCodeInfo(read(found, 'code'));
    if (info === undefined) return undefined;
    const retryable = read(found, 'retryable');
    return {
      code: info.code,
      message: readString(found, 'message'),
      details: read(found, 'details') as Details | undefined,
      retryAfterMs: readNumber(found, 'retryAfterMs'),
      retryable:
        typeof retryable === 'boolean' || retryable === 'conditional' ? retryable : undefined,
    };
  } catch {
    // A broken converter must not hide the error that it was given.
    return undefined;
  }
}
