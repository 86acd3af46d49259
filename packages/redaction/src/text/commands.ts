import { MASK } from '../words/words.ts';
import { applyRules, type Rule } from './rule.ts';

// Credentials that follow a word or a flag instead of a separator.
const RULES: readonly Rule[] = [
  [
    /\b([Bb]asic|BASIC|[Dd]igest|[Nn]egotiate)\s{1,8}(?=[\w.~+/-]*[\dA-Z=])[\w.~+/=-]{6,}/g,
    `$1 ${MASK}`,
  ],
  [/\b([Bb]earer|BEARER)\s{1,8}(?=[\w.~+/-]*[\dA-Z=])[\w.~+/=-]{4,}/g, `$1 ${MASK}`],
  [/\b([Bb]earer|BEARER)\s{1,8}[\w.~+/=-]{12,}/g, `$1 ${MASK}`],
  [
    /((?:^|\s)(?:-u|-U|--user|--proxy-user)[ =]?["']?[^\s:"'-][^\s:"']{0,255}:)[^\s"']+/g,
    `$1${MASK}`,
  ],
  [
    /(\bAUTH (?:default )?)(?!\*{10}|default\b)[^\s"',;]+(?: (?=[^\s"',;]*[\dA-Z])[^\s"',;(]+)?/g,
    `$1${MASK}`,
  ],
  [/(\b(?:requirepass|masterauth) )[^\s"']+/gi, `$1${MASK}`],
  [/(\bsshpass -p ?)[^\s]+/g, `$1${MASK}`],
  [
    /\b((?:pass(?:word|phrase)|secret|api[-_ ]?key|identified by)\s{1,4}\\{0,8}["'`])[^"'`\\\n]+/gi,
    `$1${MASK}`,
  ],
  // A random word behind the name: `token 3f9a…`, `API key is 3f9a…`.
  [
    /\b((?:token|secret|password|api[-_ ]?key)(?: is| was)? )(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,}/gi,
    `$1${MASK}`,
  ],
];

/** Masks credentials that follow a command's word or flag. */
export function maskCommands(text: string): string {
  return applyRules(RULES, text);
}
