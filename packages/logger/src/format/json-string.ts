import { more } from '@map/redaction';

/** The longest string in a line, in characters. */
export const MAX_STRING = 16_384;

/** The ending of a string of this length that was cut. */
export function endingOf(length: number): string {
  return `…${more(length - MAX_STRING)}`;
}

/**
 * The same string in one piece. V8 keeps a sum of strings as a tree, and a part that many lines
 * share would be walked through for each of them.
 */
export function flat(text: string): string {
  return Buffer.from(text).toString();
}

/** The reason of a failure, as far as even that can be read. */
export function reason(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'no reason given';
  }
}
