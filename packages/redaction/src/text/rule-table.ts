import { COMMAND_RULES } from './commands.ts';
import { ECHO_RULES } from './echoes.ts';
import { ENCODED_RULES } from './encoded.ts';
import type { Rule } from './rule.ts';
import { tokenRules } from './tokens.ts';
import { WEBHOOK_RULES } from './webhooks.ts';

// Finds the places where a rule may match.
//
// Testing hundreds of patterns costs more than writing a line. So each rule names a key: two or three
// characters that each of its matches contains and that are rare elsewhere. The loop in `scan.ts` looks
// each three characters up in a table, 5 bits of each: enough to ignore upper and lower case, and small
// enough for the processor's cache. Where the table has an entry, the rules with that key, and only
// those, are tried around this place.
//
// Other characters may share an entry, which costs time and nothing else: the patterns are made of
// the parts of the rules themselves, so the loop finds a match exactly where the rules do.

const BITS = 5;
const ONE = (1 << BITS) - 1;
const TWO = (1 << (2 * BITS)) - 1;

/** Returns the entry of a character and the two before it. */
export function nextEntry(entry: number, code: number): number {
  return ((entry & TWO) << BITS) | (code & ONE);
}

/** The codes of any character. */
const ANY: readonly number[] = Array.from({ length: ONE + 1 }, (_, code) => code);

/** 1 where the last of three characters ends a key. */
export const TABLE: Uint8Array = new Uint8Array(1 << (3 * BITS));

/** 1 where a key may end, by all bits of its last two characters: most others have no such key. */
const ENDS = new Uint8Array(1 << 16);

/** Signs that `scan.ts` looks for, besides: two characters that are rare together. */
const RARE_PAIRS: readonly string[] = ['--', '&#', '\\u', '</'];

/** What each entry of the table stands for, as the sources of patterns. */
const SOURCES = new Map<number, string[]>();

/** The same as patterns, compiled when they are needed. */
const PATTERNS = new Map<number, RegExp>();

/** Fills the table with the first search: an import that searches nothing takes less time. */
export function prepareTable(): void {
  if (isPrepared) return;
  isPrepared = true;
  for (const rules of [tokenRules(), COMMAND_RULES, WEBHOOK_RULES, ECHO_RULES, ENCODED_RULES]) {
    for (const rule of rules) enter(rule);
  }
  for (const pair of RARE_PAIRS) {
    const [a, b] = [pair.charCodeAt(0) & ONE, pair.charCodeAt(1) & ONE];
    for (const any of ANY) TABLE[(((any << BITS) | a) << BITS) | b] = 1;
  }
}

let isPrepared = false;

function enter({ before, key, after, value = '' }: Rule): void {
  const codes = Array.from(key.match(/\[[^\]]+\]|\\?./g) as string[], codesOf);
  // A key of two characters has any character before it.
  const [first, second, third] = (codes.length < 3 ? [ANY, ...codes] : codes) as number[][];
  const source = `(?<=${before}${key})(?=${after}${value})`;
  for (const a of first as number[]) {
    for (const b of second as number[])
      for (const c of third as number[]) {
        ENDS[((b & 255) << 8) | (c & 255)] = 1;
        const entry = ((((a & ONE) << BITS) | (b & ONE)) << BITS) | (c & ONE);
        TABLE[entry] = 1;
        const sources = SOURCES.get(entry);
        if (sources === undefined) SOURCES.set(entry, [source]);
        else sources.push(source);
      }
  }
}

function codesOf(item: string): number[] {
  // Most are one character, and a start waits for this.
  if (item.length === 1) return [item.charCodeAt(0)];
  const characters =
    item === '\\d' ? '0123456789' : item.replace(/^\[|\]$/g, '').replace(/\\(.)/g, '$1');
  return Array.from(characters, (character) => character.charCodeAt(0));
}

/** Whether a key may end with a byte. */
export function isKey(bytes: Uint8Array, at: number): boolean {
  return ENDS[((bytes[at - 1] as number) << 8) | (bytes[at] as number)] !== 0;
}

/**
 * Returns whether a rule matches around the last character of an entry.
 *
 * @param entry An entry of the table.
 * @param text The string.
 * @param at The place behind the character.
 */
export function matches(entry: number, text: string, at: number): boolean {
  let pattern = PATTERNS.get(entry);
  if (pattern === undefined) {
    pattern = new RegExp(SOURCES.get(entry)?.join('|') ?? '(?!)', 'y');
    PATTERNS.set(entry, pattern);
  }
  pattern.lastIndex = at;
  return pattern.test(text);
}
