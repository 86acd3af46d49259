import { MASK } from '../words/words.ts';
import { applyRules, type Rule } from './rule.ts';

// Where the messages of Node, of parsers and of servers repeat what they were given.
const ECHOES: readonly Rule[] = [
  [/(with args beginning with:)[\s\S]*/g, '$1 …'],
  [/(user_script:\d+:)[\s\S]*?( script:|$)/g, '$1 …$2'],
  [/^(Command failed)[\s\S]*/g, '$1'],
  [/^(Failed query):[\s\S]*/g, '$1'],
  [/(\bparams: )[\s\S]*/g, '$1…'],
  [/(Failed to parse URL from )[\s\S]*/g, '$1…'],
  [/(Received (?:type \w+|an instance of \w+)) \([\s\S]*/g, '$1'],
  [/(\. Received )['"`\d[{][\s\S]*/g, '$1…'],
  [/(but received )[\s\S]*/g, '$1…'],
  [/(\(was )[\s\S]*\)/g, '$1…)'],
  [/(Duplicate entry )'[\s\S]*'( for key)/g, "$1'…'$2"],
  [/(: )"[\s\S]*"/g, '$1"…"'],
  [/(: )"[^"]*$/g, '$1"…"'],
  [/(: )'[^']*'?/g, "$1'…'"],
  [/<(?:!doctype|html|\?xml)[\s\S]*/gi, '<…>'],
  [/"[^"]{80,}"?/g, '"…"'],
  [/`[^`]{80,}`?/g, '"…"'],
  [/(?<![\p{L}\d])'[^']{80,}'(?!\p{L})/gu, '"…"'],
];

const ECHOING = /["'`<:(]|Command failed|Failed|Received|received|params/;

// The query and the fragment of a URL.
const QUERY = /(:\/\/(?:(?!:\/\/)[^\s?#"'<>])*[?#])[^\s"'<>]+/g;

/** Long runs of letters and digits are keys more often than words. */
const MIN_RANDOM = 32;
const RUN = /(?<![\w-])[\w-]{32,}/g;

/** Removes the values that a message of a foreign library repeats. */
export function maskEchoes(text: string): string {
  let result = text;
  if (result.includes('://')) result = result.replace(QUERY, `$1${MASK}`);
  if (ECHOING.test(result)) result = applyRules(ECHOES, result);
  return result.length < MIN_RANDOM ? result : result.replace(RUN, maskRandom);
}

/** Whether a long word is a name, a UUID or a hash rather than a key. */
const INNOCENT =
  /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$|^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64})$|^\d+$|^[A-Za-z_-]+$|^[a-z]+(?:[-_][a-z0-9.]{1,12})+$/i;

function maskRandom(word: string): string {
  return INNOCENT.test(word) ? word : MASK;
}
