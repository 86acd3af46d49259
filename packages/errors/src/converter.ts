import { findCodeInfo } from './code-info.ts';
import type { Details } from './error-details.ts';
import type { ErrorOrigin, Recognition } from './recognise/recognition.ts';
import { read, readNumber, readString } from './safe.ts';
import { shared } from './shared.ts';

/**
 * Says what a foreign error is, or gives undefined when it is none it knows.
 *
 * It is asked about causes and the children of aggregates too.
 */
export type Converter = (error: object, origin: ErrorOrigin | undefined) => Recognition | undefined;

/**
 * Adds a converter, which is asked before the package's own knowledge.
 *
 * @param converter - Asked after the ones registered before it; one that throws is passed over.
 * @returns A function that removes it again.
 *
 * @example
 * import { convertException, ErrorCode, registerConverter } from '@map/errors';
 *
 * class QuotaError extends Error {}
 * const remove = registerConverter((error) =>
 *   error instanceof QuotaError ? { code: ErrorCode.LLM_QUOTA_EXCEEDED } : undefined,
 * );
 * convertException(new QuotaError('Used up.')).code; // 'LLM_QUOTA_EXCEEDED_5002'
 * remove();
 */
export function registerConverter(converter: Converter): () => void {
  // A box of its own for each registration: one function may be registered twice.
  const entry = { converter };
  shared().converters.add(entry);
  return () => {
    shared().converters.delete(entry);
  };
}

// A converter may convert what its error wraps, but one that asks about its own error again and
// again comes to an end.
const MAX_NESTING = 3;
let nesting = 0;

/** Asks the registered converters, in order. */
export function convertersResult(
  error: object,
  origin: ErrorOrigin | undefined,
): Recognition | undefined {
  if (nesting >= MAX_NESTING) return undefined;
  nesting += 1;
  try {
    for (const { converter } of shared().converters) {
      const found = answerOf(converter, error, origin);
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    nesting -= 1;
  }
}

function answerOf(
  converter: Converter,
  error: object,
  origin: ErrorOrigin | undefined,
): Recognition | undefined {
  try {
    const found = converter(error, origin);
    const info = findCodeInfo(read(found, 'code'));
    if (info === undefined) return undefined;
    const retryable = read(found, 'retryable');
    return {
      code: info.code,
      message: readString(found, 'message'),
      details: read(found, 'details') as Details | undefined,
      retryAfterMs: readNumber(found, 'retryAfterMs'),
      retryable: typeof retryable === 'boolean' ? retryable : undefined,
    };
  } catch {
    // A broken converter must not hide the error it was asked about.
    return undefined;
  }
}
