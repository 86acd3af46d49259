import type { Neighbours } from '../key/name-keys.ts';
import { COMMAND_RULES } from './commands.ts';
import { ECHO_RULES } from './echoes.ts';
import { ENCODED_RULES } from './encoded.ts';
import { LANGUAGE_RULES } from './languages.ts';
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
// Signs of keys, controls, and bytes beyond ASCII share the class of j, x or z: these are rare. So is q, which
// has the class of z, and leaves its own to the dot.
CLASSES.fill(24, 0, 9).fill(24, 14, 32).fill(24, 127);
const SIGNS = { 10: '(,)&#', 24: '$\\<>', 26: '%@qQ\u001b' };
const OWN = { 17: '.', 27: '0123456789', 28: '-_', 29: ':=', 30: '"\'`', 31: '/' };
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
export const ANY: readonly number[] = Array.from({ length: 256 }, (_, code) => code);

/** What the last of three characters may end; a set of {@link Mark}. */
export const TABLE: Uint8Array = new Uint8Array(1 << (3 * BITS));

/** A bit for each three characters that are a key: most others of the same classes are not. */
export const EXACT: Int32Array = new Int32Array(1 << 12);

/** The bit of three characters, of which the lower bytes count. */
export function exactBit(three: number): number {
  return Math.imul(three ^ (three >>> 9), 0x9e3779b1) >>> 15;
}

/** Returns a bit of a set. */
export function bitOf(set: Int32Array, bit: number): number {
  return ((set[bit >> 5] as number) >>> (bit & 31)) & 1;
}

export function setBit(set: Int32Array, bit: number): void {
  set[bit >> 5] = (set[bit >> 5] as number) | (1 << (bit & 31));
}

/** What may end with three characters: the key of a rule, the key of a secret name, a sign; a bit set. */
export const Mark = { rule: 1, name: 2, sign: 4 } as const;

/** What each entry of the table stands for, as the sources of patterns. */
const SOURCES = new Map<number, string[]>();

/** The same as patterns, compiled when they are needed. */
const PATTERNS = new Map<number, RegExp>();

/** Fills the table with the first search: an import that searches nothing takes less time. */
export function prepareTable(): void {
  for (const rules of [
    tokenRules(),
    COMMAND_RULES,
    LANGUAGE_RULES,
    WEBHOOK_RULES,
    ECHO_RULES,
    ENCODED_RULES,
  ]) {
    for (const rule of rules) enter(rule);
  }
}

/** Enters the keys of names. */
export function enterNames(names: readonly Neighbours[]): void {
  for (const [first, second, third] of names) {
    enterKey(codesOf(first), codesOf(second), codesOf(third), Mark.name);
  }
}

/** The codes of characters in upper and lower case; of an empty string, all codes. */
export function codesOf(characters: string): readonly number[] {
  return characters === ''
    ? ANY
    : Array.from(characters + characters.toUpperCase(), (character) => character.charCodeAt(0));
}

function enterKey(
  first: readonly number[],
  second: readonly number[],
  third: readonly number[],
  kind: number,
): Set<number> {
  const entries = new Set<number>();
  for (const a of first) {
    for (const b of second) {
      for (const c of third) {
        setBit(EXACT, exactBit((a & 255) | ((b & 255) << 8) | ((c & 255) << 16)));
        entries.add(entryOf(a, b, c));
      }
    }
  }
  for (const entry of entries) TABLE[entry] = (TABLE[entry] as number) | kind;
  return entries;
}

function enter({ before, key, after, value = '' }: Rule): void {
  const codes = Array.from(key.match(/\[[^\]]+\]|\\?./g) as string[], codesOfItem);
  // A key of two characters has any character before it.
  const [first, second, third] = (codes.length < 3 ? [ANY, ...codes] : codes) as [
    number[],
    number[],
    number[],
  ];
  const source = `(?<=${before}${key})(?=${after}${value})`;
  for (const entry of enterKey(first, second, third, Mark.rule)) {
    const sources = SOURCES.get(entry);
    if (sources === undefined) SOURCES.set(entry, [source]);
    else sources.push(source);
  }
}

function codesOfItem(item: string): number[] {
  // Most are one character, and a start waits for this.
  if (item.length === 1) return [item.charCodeAt(0)];
  const characters =
    item === '\\d' ? '0123456789' : item.replace(/^\[|\]$/g, '').replace(/\\(.)/g, '$1');
  return Array.from(characters, (character) => character.charCodeAt(0));
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
