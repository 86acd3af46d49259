import { COMMAND_RULES } from './commands.ts';
import { ECHO_RULES } from './echoes.ts';
import type { Rule } from './rule.ts';
import { DOTTED, tokenRules } from './tokens.ts';
import { WEBHOOK_RULES } from './webhooks.ts';

// Decides cheaply which rules need to see a string.
//
// Most strings of a log contain no secret, and testing a hundred patterns costs more than writing the
// line. So each rule names a key: two or three characters that each of its matches contains and that
// are rare elsewhere. One loop over the string looks each three characters up in a table, 5 bits of
// each: enough to ignore upper and lower case, and small enough for the processor's cache. Where the
// table has an entry, the rules with that key, and only those, are tried around this place.
//
// Other characters may share an entry, which costs time and nothing else: the patterns are made of
// the parts of the rules themselves, so the loop finds a match exactly where the rules do.
//
// URLs, assignments, elements and lists are found by their signs instead, with the engine's own
// search: V8 looks for a class of up to 16 characters in 16 places at once.

const BITS = 5;
const ONE = (1 << BITS) - 1;
const TWO = (1 << (2 * BITS)) - 1;

/** The codes of any character. */
const ANY: readonly number[] = Array.from({ length: ONE + 1 }, (_, code) => code);

/** 1 where the last of three characters ends a key. */
const TABLE = new Uint8Array(1 << (3 * BITS));

/** What each entry of the table stands for, as the sources of patterns. */
const SOURCES = new Map<number, string[]>();

/** The same as patterns, compiled when they are needed. */
const PATTERNS = new Map<number, RegExp>();

/** Fills the table with the first search: an import that searches nothing takes less time. */
function prepare(): void {
  isPrepared = true;
  for (const rules of [tokenRules(), COMMAND_RULES, WEBHOOK_RULES, ECHO_RULES]) {
    for (const rule of rules) enter(rule);
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
        const entry = (((a << BITS) | b) << BITS) | c;
        TABLE[entry] = 1;
        const sources = SOURCES.get(entry);
        if (sources === undefined) SOURCES.set(entry, [source]);
        else sources.push(source);
      }
  }
}

function codesOf(item: string): number[] {
  const characters =
    item === '\\d' ? '0123456789' : item.replace(/^\[|\]$/g, '').replace(/\\(.)/g, '$1');
  const codes = Array.from(characters, (character) => character.charCodeAt(0) & ONE);
  return [...new Set(codes)];
}

/** Whether a rule matches around one of two characters, the first of which is at a place. */
function isMatch(odd: number, even: number, text: string, at: number): boolean {
  return matches(odd, text, at + 1) || matches(even, text, at + 2);
}

function matches(entry: number, text: string, at: number): boolean {
  if (TABLE[entry] === 0) return false;
  let pattern = PATTERNS.get(entry);
  if (pattern === undefined) {
    pattern = new RegExp((SOURCES.get(entry) as string[]).join('|'), 'y');
    PATTERNS.set(entry, pattern);
  }
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** A shorter string is not a recognisable secret, and has no room for a name and a value. */
const SHORTEST = 6;

/** How many characters are looked at in one go. */
const SIZE = 8192;

/** Where they are copied to, because bytes are read twice as fast as the characters of a string. */
const BUFFER = globalThis.Buffer?.alloc(SIZE + 1);
const BYTES = new Uint8Array(BUFFER?.buffer ?? 0);

/**
 * Whether a string contains a key or token, a credential behind a word or a flag or in the path of a
 * webhook, or the message of a database server with a value.
 */
export function containsSecret(text: string): boolean {
  if (text.length < SHORTEST) return false;
  if (BUFFER === undefined) return true;
  if (!isPrepared) prepare();
  if (text.length <= SIZE) return containsKey(text, text, 0) || DOTTED.test(text);
  // The parts overlap, so that a key between two of them is found.
  for (let from = 0; from < text.length; from += SIZE - 2) {
    if (containsKey(text.slice(from, from + SIZE), text, from)) return true;
  }
  return DOTTED.test(text);
}

function containsKey(part: string, text: string, from: number): boolean {
  // In this encoding each character is one byte: of a character beyond U+00FF, its lower half.
  const length = BUFFER.write(part, 'latin1');
  BYTES[length] = 0;
  let entry = 0;
  for (let index = 0; index < length; index += 2) {
    const odd = ((entry & TWO) << BITS) | ((BYTES[index] as number) & ONE);
    entry = ((odd & TWO) << BITS) | ((BYTES[index + 1] as number) & ONE);
    const found = (TABLE[odd] as number) | (TABLE[entry] as number);
    if (found !== 0 && isMatch(odd, entry, text, from + index)) return true;
  }
  return false;
}

/** Up to this length a string is read character by character: a copy of it takes longer. */
const SHORT = 64;

/** As in the table of keys: both need a closer look. */
const SIGN = 1;
const DASH = 2;
const DOT = 4;

/** The signs of URLs, assignments, elements, lists, flags and dotted tokens. */
const SIGN_KINDS = new Uint8Array(128);
for (const sign of '@:=%<"\'&\\') SIGN_KINDS[sign.charCodeAt(0)] = SIGN;
SIGN_KINDS['-'.charCodeAt(0)] = DASH;
for (const sign of '.~') SIGN_KINDS[sign.charCodeAt(0)] = DOT;

/**
 * Whether a string is short and no rule can match it. One loop takes the place of all other tests
 * for most values of a log.
 */
export function isHarmless(text: string): boolean {
  const { length } = text;
  if (length > SHORT) return false;
  if (!isPrepared) prepare();
  let entry = 0;
  let found = 0;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    entry = ((entry & TWO) << BITS) | (code & ONE);
    found |= (SIGN_KINDS[code & 127] as number) | (TABLE[entry] as number);
  }
  if ((found & SIGN) !== 0) return false;
  if ((found & DASH) !== 0 && text.includes('--')) return false;
  return (found & DOT) === 0 || !DOTTED.test(text);
}

const SIGNS = /[@:=%<]|--|["'],|\\u003|&#/;

/**
 * Whether a string has a sign that URLs, assignments, elements and lists have; most messages and
 * values have none, so that one test takes the place of a dozen.
 */
export function mayContainSign(text: string): boolean {
  return SIGNS.test(text);
}

/** Whether a string may contain a URL with credentials. */
export function mayContainUrl(text: string): boolean {
  return (
    text.includes('@') ||
    text.includes('://') ||
    text.includes('%40') ||
    text.includes('%2F%2F') ||
    text.includes('%2f%2f')
  );
}

/** Whether a string may contain a name and a value. */
export function mayContainAssignment(text: string): boolean {
  return (
    text.includes(':') ||
    text.includes('=') ||
    text.includes('%3') ||
    text.includes('%253') ||
    text.includes('\\u003') ||
    text.includes('&#') ||
    text.includes('--')
  );
}

/** Whether a string may contain an XML element. */
export function mayContainElement(text: string): boolean {
  return text.includes('</');
}

/** Whether a string may contain a list of quoted strings. */
export function mayContainPair(text: string): boolean {
  return text.includes('",') || text.includes("',");
}
