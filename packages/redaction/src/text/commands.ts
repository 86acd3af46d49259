import { MASK } from '../words/words.ts';
import { applyRules, type Rule } from './rule.ts';

// Credentials that follow a word or a flag instead of a separator.
const RULES: readonly Rule[] = [
  // A capital that begins a word, as in `Bearer Token missing`, does not make it a token.
  [
    /\b(([Bb]asic|BASIC|[Nn]egotiate)(?:\s|\+|%20){1,8})(?=[\w.~+/%-]+[\dA-Z=]|\d)(?:[\w.~+/=-]|%(?:25)?(?:2[BbFf]|3[Dd])){6,}/g,
    `$1${MASK}`,
  ],
  [/\b([Dd]igest(?:\s{1,8}|\+|%20))(?=\w{1,32}(?:=|%3[Dd]))[^\r\n`]+/g, `$1${MASK}`],
  [
    /\b(([Bb]earer|BEARER)(?:\s|\+|%20){1,8})(?!YOUR|<)(?=[\w.~+/%-]+[\dA-Z=]|\d)(?:[\w.~+/=-]|%(?:25)?(?:2[BbFf]|3[Dd])){4,}/g,
    `$1${MASK}`,
  ],
  [
    /\b(([Bb]earer|BEARER)(?:\s|\+|%20){1,8})(?!authenti|authori|credential)[a-z.~+/=-]{12,}/g,
    `$1${MASK}`,
  ],
  [
    /((?:^|\s)(?:-u|-U|--user|--proxy-user)[ =]?["']?[^\s:"'-][^\s:"']{0,255}:)[^\s"']+/g,
    `$1${MASK}`,
  ],
  [
    /(\bAUTH2? (?:default )?)(?!\*{10}|default\b)[^\s"',;]+(?: (?=[^\s"',;]*[\dA-Z])[^\s"',;(]+)?/g,
    `$1${MASK}`,
  ],
  [/(\b(?:requirepass|masterauth) )[^\s"']+/gi, `$1${MASK}`],
  [/(\bsshpass -p ?)[^\s]+/g, `$1${MASK}`],
  // Programs with a flag of one letter for the password.
  [
    /(\b(?:mysql|mariadb)[\w-]{0,16}(?: [^\n|;&]{0,200}?)? -p)(?!ort|rotocol|lugin)[^\s"']+/g,
    `$1${MASK}`,
  ],
  [/(\bredis-(?:cli|benchmark)(?: [^\n|;&]{0,200}?)? -a ["']?)[^\s"']+/g, `$1${MASK}`],
  [
    /(\b(?:docker|podman|helm|az|cf|oc) (?:registry )?login(?: [^\n|;&]{0,200}?)? -p ["']?)[^\s"']+/g,
    `$1${MASK}`,
  ],
  [/(\bACL SETUSER [^\n>]{0,200} >)\S+/gi, `$1${MASK}`],
  [
    /\b((?:pass(?:word|phrase)|secret|api[-_ ]?key|identified by)\s{1,4}\\{0,8}["'`])[^"'`\\\n]+/gi,
    `$1${MASK}`,
  ],
  // A random word behind the name: `token 3f9a…`, `API key is 3f9a…`.
  [
    /(?<![A-Za-z\d])((?:token|secret|password|api[-_ ]?key)(?: is| was)? )(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,}/gi,
    `$1${MASK}`,
  ],
];

/** Masks credentials that follow a command's word or flag. */
export function maskCommands(text: string): string {
  return applyRules(RULES, text);
}
