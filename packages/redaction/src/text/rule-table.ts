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
// each three characters up in a table, by one of 32 classes each: few enough for the processor's cache.
// Where the table has an entry, the rules with that key, and only those, are tried around this place.
//
// Other characters may share an entry, which costs time and nothing else: the patterns are made of
// the parts of the rules themselves, so the loop finds a match exactly where the rules do.

const BITS = 5;
const TWO = (1 << (2 * BITS)) - 1;

/** The class of each byte. Letters have the same in upper and lower case, blanks and most signs 0. */
const CLASSES = new Uint8Array(256);
for (let letter = 1; letter <= 26; letter += 1)
  CLASSES.fill(letter, 64 + letter, 65 + letter).fill(letter, 96 + letter, 97 + letter);
// Signs of keys, and bytes beyond ASCII, share the class of j, q, x or z: these are rare.
CLASSES.fill(24, 0, 9).fill(24, 14, 32).fill(24, 127);
const SIGNS = { 10: '(,)&#', 17: '<>', 24: '$\\', 26: '%@' };
const OWN = { 27: '0123456789', 28: '-_.', 29: ':=', 30: '"\'`', 31: '/' };
for (const [kind, signs] of Object.entries({ ...SIGNS, ...OWN })) {
  for (const sign of signs) CLASSES[sign.charCodeAt(0)] = Number(kind);
}

/** Returns the entry of a character and the two before it. */
export function nextEntry(entry: number, code: number): number {
  return ((entry & TWO) << BITS) | (CLASSES[code & 255] as number);
}

/** Returns the entry of three characters. */
export function entryOf(a: number, b: number, c: number): number {
  return nextEntry(nextEntry(nextEntry(0, a), b), c);
}

/** The bytes of any character. */
const ANY: readonly number[] = Array.from({ length: 256 }, (_, code) => code);

/** 1 where the last of three characters ends a key. */
export const TABLE: Uint8Array = new Uint8Array(1 << (3 * BITS));

/** 1 where the characters of a key lie by all of their bits: most others have no such key. */
const EXACT = new Uint8Array(1 << 16);

/** Signs that `scan.ts` looks for, besides: two characters that are rare together. */
const RARE_PAIRS: readonly string[] = [
  ...['--', '&#', '\\u', '</', ':/', '",', "',", '%2', '%3', '%4'],
];

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
    for (const any of ANY) TABLE[entryOf(any, pair.charCodeAt(0), pair.charCodeAt(1))] = 1;
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
        EXACT[exactPlace(a, b, c)] = 1;
        const entry = entryOf(a, b, c);
        TABLE[entry] = 1;
        const sources = SOURCES.get(entry);
        if (sources === undefined) SOURCES.set(entry, [source]);
        else if (sources.at(-1) !== source) sources.push(source);
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
  return (
    EXACT[exactPlace(bytes[at - 2] as number, bytes[at - 1] as number, bytes[at] as number)] !== 0
  );
}

/** The place of three characters, of which the lower bytes count. */
function exactPlace(a: number, b: number, c: number): number {
  return (((a & 255) * 251 + (b & 255)) * 251 + (c & 255)) & 0xffff;
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
