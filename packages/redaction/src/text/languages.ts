import { PASSWORD, RANDOM } from '../key/doubtful-key.ts';
import { FOREIGN } from '../key/secret-key.ts';
import { MASK } from '../words/words.ts';
import { anyCase, lazily, type Replacement, type Rule, replaceAll } from './rule.ts';

// Passwords and keys behind their words in other languages. Names in ASCII are in `secret-key.ts`: the
// search for names ends at any other letter.

const SEPARATORS = ':=：＝是为為は';
const BLANKS = '[\\\\"\'”“」「 ]{0,10}';

/** Each contains such a letter. */
const OTHER_LETTER = /[^\0-\x7f]/;

/** The names of `doubtful-key.ts`. */
const DOUBTFUL: readonly Rule[] = [
  ['[pP]ri', 'vat', 'e', RANDOM],
  ['(?:\\w{1,16}[_-])?', anyCase('hma'), '[cC]', RANDOM],
  ['', anyCase('sas'), '', RANDOM],
  ['[pP]', 'aro', 'la', PASSWORD],
  ['[cC]', 'lav', 'e', PASSWORD],
  ['', anyCase('mdp'), '', PASSWORD],
].map(([before, key = '', after, value]) => ({
  before: `(?<![A-Za-z\\d])${before}`,
  key,
  after: `${after}${BLANKS}[:=]>?${BLANKS}`,
  value: value as string,
}));

/** The key is the first three letters of which one is not ASCII, or two and what follows. */
const OTHERS: readonly Rule[] = FOREIGN.map((word) => {
  const letters = Array.from(word, (letter) => {
    const upper = letter.toUpperCase();
    if (letter === ' ') return '[ -]?';
    return letter === upper ? letter : `[${letter}${upper}]`;
  });
  const at = Math.max(0, letters.findIndex((letter) => OTHER_LETTER.test(letter)) - 2);
  const part = (from: number, end?: number) => letters.slice(from, end).join('');
  const isShort = letters.length === 2;
  return {
    before: part(0, at),
    key: part(at, at + 3) + (isShort ? `[\\\\"' ${SEPARATORS}]` : ''),
    after: isShort
      ? `(?:(?<=[${SEPARATORS}])|${BLANKS}[${SEPARATORS}])${BLANKS}`
      : `${part(at + 3)}(?:[_-]\\w{1,16})?${BLANKS}(?:[${SEPARATORS}]| es )${BLANKS}`,
    value: PASSWORD,
  };
});

/** The names whose letters alone do not make them secret, and those of other languages. */
export const LANGUAGE_RULES: readonly Rule[] = [...DOUBTFUL, ...OTHERS];

const replacements = lazily(() => [DOUBTFUL.slice(0, 3), DOUBTFUL.slice(3), OTHERS].map(oneOf));

/** One pattern for rules with the same value. */
function oneOf(rules: readonly Rule[]): Replacement {
  const names = rules.map(({ before, key, after }) => before + key + after);
  return [new RegExp(`(${names.join('|')})${rules[0]?.value}`, 'g'), `$1${MASK}`];
}

/** Masks what follows these words. */
export function maskLanguages(text: string): string {
  const all = replacements();
  return replaceAll(OTHER_LETTER.test(text) ? all : all.slice(0, 2), text);
}
