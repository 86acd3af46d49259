import { MASK } from '../words/words.ts';
import { prefixRule, START } from './prefixes.ts';
import type { Rule } from './rule.ts';

// JSON and `name=value` in Base64 or in hexadecimal: a word is decoded, and masked as a whole if it
// contains a secret.

/** How `{"`, `{ `, `{` and a line break, and the same in a list, begin; also twice. */
const JSON_STARTS = ['eyJ', 'ewo', 'ew0', 'eyA', 'W3s', 'WyJ', 'Wwo', 'Ww0'];
/** How keys begin that are all of the word. */
const KEY_STARTS = [
  ...'sk- sk_ rk_ gsk_ hf_ xai- AKIA ASIA glpat- npm_ xoxb xoxp xapp gho_ ghs_ ghu_ github_pat_ SG. ya29. pplx- r8_'.split(
    ' ',
  ),
  ...'nvapi- whsec_ hvs. tvly- pcsk_ dop_v1_ shpat_ GOCSPX- glsa_ pypi- figd_ lin_ dapi'.split(' '),
].map((start) => core(start, 0));
/** How keys and headers begin that were encoded twice. */
const TWICE = ['Bearer ', 'sk-proj-', 'sk-ant-', 'ghp_', 'AIzaSy'].map((start) =>
  core(core(start, 0), 0),
);
const BASE64 = [
  ...JSON_STARTS,
  ...JSON_STARTS.map((start) => btoa(start)),
  ...KEY_STARTS,
  ...TWICE,
];
const HEX = ['7[bB]2', '7[bB]0', '5[bB]7', '5[bB]2', '5[bB]0'];

/** Parts of most secret names, and of what shows a key or a URL. */
const PARTS = [
  ...'assw ecre oken _key ASSW ECRE OKEN _KEY sk-proj sk-ant- ghp_ AIzaS ://'.split(' '),
  'earer ',
];

/** The parts in Base64, by the place of their first byte among three. */
const CORES = [0, 1, 2].map((place) => PARTS.map((part) => core(part, place)));
/** `d=`, `t=`, `y=` and `n=`, with which they end, in hexadecimal. */
const HEX_ENDS = ['43[dD]', '93[dD]', '[eE]3[dD]'];

const BASE64_BODY = '[\\w+/-]{12,}={0,2}';
const HEX_BODY = '[\\da-fA-F]{17,}';

export const ENCODED_RULES: readonly Rule[] = [
  ...BASE64.map((start) => {
    const at = TWICE.includes(start) ? start.length - 3 : 0;
    return {
      before: START + start.slice(0, at),
      key: start.slice(at, at + 3),
      after: start.slice(at + 3) + BASE64_BODY,
    };
  }),
  ...HEX.map((key) => ({ before: START, key, after: HEX_BODY })),
  ...CORES.flat().map((key) => {
    const { before, ...rest } = prefixRule(key, '');
    return { ...rest, before: before.slice(START.length) };
  }),
  ...HEX_ENDS.map((key) => ({ before: '[\\da-fA-F]{6}[4-7]', key, after: '[\\da-fA-F]{12}' })),
];

const LINE = '(?:\\r?\\n|(?:\\\\{1,4}r)?\\\\{1,4}n)';

/** A word, behind an escape and up to the slash before another one; also in lines of 60 or more. */
const WORD = new RegExp(
  `${START}(?<![\\\\%])[\\w+-](?:[\\w+-]|/(?!${BASE64.join('|')})){14,}(?:(?<=[\\w+/]{60})${LINE}[\\w+/]+)*={0,2}`,
  'g',
);
const PLACE = new RegExp(
  `^(?:${BASE64.join('|')})|${CORES.map((cores) => `(${cores.join('|')})`).join('|')}`,
  'g',
);
const LINES = new RegExp(LINE, 'g');
const IS_HEX = /^[\da-fA-F]+$/;
const HEX_PLACE = new RegExp(`^(?:${HEX.join('|')})|(?<=[4-7][49eE])3[dD]`);

/** A part of a name in Base64, without the signs that it shares with its neighbours. */
function core(part: string, place: number): string {
  const end = Math.floor(((place + part.length) * 4) / 3);
  return btoa('\0'.repeat(place) + part).slice(Math.ceil((place * 4) / 3), end);
}

/**
 * Masks encoded words that contain a secret.
 *
 * @param text The string.
 * @param hasSecret Decides about what a word stands for.
 */
export function maskEncoded(text: string, hasSecret: (plain: string) => boolean): string {
  return text.replace(WORD, (word) => {
    const plain = IS_HEX.test(word) ? fromHex(word) : fromBase64(word.replace(LINES, ''));
    return plain.some(hasSecret) ? MASK : word;
  });
}

function fromHex(word: string): string[] {
  const at = word.search(HEX_PLACE);
  if (at < 0) return [];
  const bytes = word.slice(at % 2);
  return [bytes.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)))];
}

function fromBase64(word: string): string[] {
  const starts = new Set<number>();
  for (const found of word.matchAll(PLACE)) {
    const place = Math.max(found.slice(1).findIndex(Boolean), 0);
    // Each three bytes begin at a multiple of four from here.
    starts.add((found.index + 4 - Math.ceil((place * 4) / 3)) % 4);
  }
  return [...starts].map((start) => {
    const usual = word
      .slice(start)
      .replace(/[-_]/g, (sign) => (sign === '-' ? '+' : '/'))
      .replace(/=+$/, '');
    // A cut may leave one character, which stands for no byte.
    return atob(usual.length % 4 === 1 ? usual.slice(0, -1) : usual);
  });
}
