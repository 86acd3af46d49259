import { findCodeInfo } from './code-info.ts';
import type { ErrorOrigin, Recognition } from './recognise/recognition.ts';
import { read } from './safe.ts';
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

/** Asks the registered converters, in order. */
export function convertersResult(
  error: object,
  origin: ErrorOrigin | undefined,
): Recognition | undefined {
  for (const { converter } of shared().converters) {
    try {
      const found = converter(error, origin);
      if (findCodeInfo(read(found, 'code')) !== undefined) return found;
    } catch {
      // A broken converter must not hide the error it was asked about.
    }
  }
  return undefined;
}
