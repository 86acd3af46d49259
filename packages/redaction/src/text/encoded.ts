import { MASK } from '../words/words.ts';
import { START } from './prefixes.ts';
import type { Rule } from './rule.ts';

// JSON in Base64 or in hexadecimal: it is decoded, and masked as a whole if it contains a secret.

/** How `{"`, `{ `, `{` and a line break, and the same in a list, begin. */
const BASE64 = ['eyJ', 'ewo', 'ew0', 'eyA', 'W3s', 'WyJ', 'Wwo', 'Ww0'];
const HEX = ['7[bB]2', '7[bB]0', '5[bB]7', '5[bB]2', '5[bB]0'];

const BASE64_BODY = '[\\w+/-]{12,}={0,2}';
const HEX_BODY = '[\\da-fA-F]{17,}';

export const ENCODED_RULES: readonly Rule[] = [
  ...BASE64.map((key) => ({ before: START, key, after: BASE64_BODY })),
  ...HEX.map((key) => ({ before: START, key, after: HEX_BODY })),
];

const WORD = new RegExp(
  `${START}(?:(?:${BASE64.join('|')})${BASE64_BODY}|(?:${HEX.join('|')})${HEX_BODY})`,
  'g',
);
const IS_HEX = /^[57][\da-fA-F]+$/;

/**
 * Masks encoded JSON that contains a secret.
 *
 * @param text The string.
 * @param hasSecret Decides about JSON.
 */
export function maskEncoded(text: string, hasSecret: (json: string) => boolean): string {
  return text.replace(WORD, (word) => {
    const json = IS_HEX.test(word) ? fromHex(word) : fromBase64(word);
    return hasSecret(json) ? MASK : word;
  });
}

function fromHex(word: string): string {
  return word.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)));
}

function fromBase64(word: string): string {
  const usual = word.replace(/[-_]/g, (sign) => (sign === '-' ? '+' : '/')).replace(/=+$/, '');
  // A cut may leave one character, which stands for no byte.
  return atob(usual.length % 4 === 1 ? usual.slice(0, -1) : usual);
}
