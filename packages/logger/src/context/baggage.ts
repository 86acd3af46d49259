import { otelApi } from '@map/redaction/kernel';

/** The limit of the specification. */
const MAX_CHARACTERS = 8192;
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * Reads `baggage` headers, several of them as one list.
 * @returns The list, or undefined when it is empty, too long or not printable.
 * @see https://www.w3.org/TR/baggage/
 */
export function parseBaggage(header: unknown): string | undefined {
  try {
    const text = Array.isArray(header) ? header.join(',') : header;
    const isValid = typeof text === 'string' && text.length <= MAX_CHARACTERS;
    return isValid && PRINTABLE.test(text) ? text : undefined;
  } catch {
    // A value that cannot be read.
    return undefined;
  }
}

/** The baggage of the active OpenTelemetry context; `otherwise` where nothing propagates it. */
export function activeBaggage(otherwise: string | undefined): string | undefined {
  const { context, propagation } = otelApi() ?? {};
  if (context === undefined || propagation === undefined) return otherwise;
  const carrier: Record<string, string> = {};
  try {
    propagation.inject(context.active(), carrier, {
      set: (to, key, value) => {
        to[key] = value;
      },
    });
  } catch {
    return otherwise;
  }
  return carrier['baggage'];
}
