import { more } from '@map/redaction';

/** The longest string in a line, in characters. */
export const MAX_STRING = 16_384;

// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern finds the characters that JSON must escape
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;
const BEYOND_JSON = /[\u007f-\u009f\u2028\u2029]/g;

/** A string as JSON that no terminal and no line splitter can misread. */
export function quote(text: string): string {
  if (!UNSAFE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(BEYOND_JSON, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

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
