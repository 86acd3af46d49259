import { MASK } from '../words/words.ts';
import { lazily, type Replacement, type Rule, replaceAll } from './rule.ts';

// Where the messages of Node, of parsers, of validators and of servers repeat their input, and
// nothing of use follows.
const TAILS: readonly Replacement[] = [
  [/^(Command failed)[\s\S]*/, '$1'],
  // drizzle: Failed query: select … params: …
  [/^(Failed query):[\s\S]*/, '$1'],
  [/(\bparams: )[\s\S]*/, '$1…'],
  // Redis
  [/(with args beginning with:)[\s\S]*/, '$1 …'],
  [/(user_script:\d+:)[\s\S]*?( script:|$)/, '$1 …$2'],
  // Node and validators
  [/(Failed to parse URL from |Invalid URL: )[\s\S]*/, '$1…'],
  [/(Cannot convert )[\s\S]*( to a BigInt)/, '$1…$2'],
  [/(Invalid regular expression: \/)[\s\S]*(\/)/, '$1…$2'],
  [/(Received (?:type \w+|an instance of \w+)) \([\s\S]*/, '$1'],
  [/(\b[Rr]eceived:? )["'`[{][\s\S]*/, '$1…'],
  [/(\. Received )\d[\s\S]*/, '$1…'],
  [/<(?:!doctype|html|\?xml)[\s\S]*/i, '<…>'],
];

// Messages of database servers and drivers, which are recognised in any string, since applications
// put them into their own: `save failed: ${error}`. The value may contain quotes itself, so the
// last end counts.
const SERVER: readonly (readonly [begin: RegExp, end: string])[] = [
  // MySQL, PostgreSQL, MongoDB
  [/\bDuplicate entry '/, "' for key"],
  [/\bKey \([^\n]{0,200}?\)=\(/, ')'],
  [/\bFailing row contains \(/, ')'],
  [/\bdup key: \{/, '}'],
  [/\buse near '/, "' at line"],
  [/\bduplicate key value is \(/, ')'],
];

/** The beginnings of these messages, for the search in `scan.ts`. */
export const ECHO_RULES: readonly Rule[] = [
  { before: 'Failed que', key: 'ry:', after: ' ' },
  { before: 'Duplicate entr', key: "y '", after: '' },
  { before: 'Key \\([^\\n]{0,200}?', key: '\\)=\\(', after: '' },
  { before: 'du', key: 'p k', after: 'ey: \\{' },
  { before: 'Failing ro', key: 'w c', after: 'ontains \\(' },
  { before: 'use nea', key: "r '", after: '' },
  { before: 'duplicate ke', key: 'y v', after: 'alue is \\(' },
];

/** drizzle: up to the stack */
const PARAMS = /((?:\n|\\n)params: )[\s\S]*?(?=(?:\n|\\n)\s{1,8}at |$)/;

// The start and the end of a quoted value: the last one in the message, because the value may
// contain quotes itself.
const VALUE =
  '\\b(?:[vV]alue|[iI]nput|parse|parsing|literal|string|got|given|found|data|timestamp|date|actual|decode|but was|value is)s?:? ';
const SPANS: readonly (readonly [begin: RegExp, end: string])[] = [
  // ArkType: (was "…")
  [/\((?:was|got) (?!missing|undefined|null)/, ')'],
  ...['"', "'", '`'].map((quote) => [new RegExp(VALUE + quote), quote] as const),
  [/: "/, '"'],
  // PostgreSQL, of a literal
  [/\bat or near "(?=['\d])/, '"'],
];

const NO_NAME =
  '(?<!\\b(?:[pP]aram(?:eter)?|[aA]rgument|[cC]olumn|[fF]ield|[pP]roperty|[oO]ption|[mM]odule|[vV]ariable|[kK]eyword|[mM]odel|KeyError|[tT]able))';

const quotedValues = lazily((): readonly Replacement[] => [
  // The issues of a validator as JSON
  [
    /("(?:received|input|value|actual|data|instance|params)"\s{0,8}:\s{0,8})(?!"(?:string|number|boolean|bigint|symbol|function|object|array|date|null|nan|undefined)")(?:"(?:[^"\\]|\\.)*"?|[^"{[,}\]\s][^,}\]]*)/g,
    '$1"…"',
  ],
  // … unless it is the name of a parameter or a constant.
  [new RegExp(`${NO_NAME}(: )'(?![A-Z][A-Z\\d_]{2,}')[^']*'?`, 'g'), "$1'…'"],
  [new RegExp(`${NO_NAME}(: )\`(?!\`)[^\`]*\`?`, 'g'), '$1`…`'],
  // JSON Schema in Python: 'x' is not of type 'string'
  [
    /'[^'\n]{1,2000}'(?= (?:is not (?:one of|of type)|is too (?:long|short)|does not match))/g,
    "'…'",
  ],
  // A quote behind a word or a bracket with a space or a punctuation mark after it ends a value:
  // what follows is the sentence.
  [/(?:(?<=^|[\s([{=:,])"|"(?![\s,.;:!?)\]}]))[^"]{80,}"?/g, '"…"'],
  [/(?:(?<=^|[\s([{=:,])`|`(?![\s,.;:!?)\]}]))[^`]{80,}`?/g, '"…"'],
  // An apostrophe inside or behind a word is not a quote.
  [/(?<![\p{L}\d])'[^']{80,}'(?!\p{L})/gu, '"…"'],
]);

const ECHOING =
  /["'`<({]|Command failed|Failed|[Rr]eceived|params|with args|user_script|Invalid|Cannot convert/;

/** The query and the fragment of a URL. */
const QUERY = /(:\/\/(?:(?!:\/\/)[^\s?#"'<>])*[?#])[^\s"'<>]+/g;

/** Long runs of letters and digits are keys more often than words. */
const MIN_RANDOM = 32;
const RUN = /(?<![\w-])(?:sha(?:256|384|512)-[\w+/]{43,}|[\w-]{32,})/g;

// Numbers, words, UUIDs and hashes, ids that providers ask for in a report, also with a prefix (`run_…`, `sha512-…`) or joined by hyphens
// (a traceparent, a UUID); names of models and files, whose parts are short.
const INNOCENT =
  /^(?:[a-z]{2,12}[-_])?[\da-f]+(?:-[\da-f]+)*$|^0x[\da-f]{40}$|^[A-Za-z_-]+$|^[a-z]+\d{0,2}(?:[-_][a-z0-9.]{1,12})+$|^sha\d{3}-|^(?:chatcmpl|cmpl|resp|req|msg|run|thread|call|toolu|asst|batch|gen|dpl|file)[-_](?:\d+-)?[A-Za-z\d]+$/i;

/** Removes the values that messages of database servers repeat, wherever the messages are. */
export function maskServerEchoes(text: string): string {
  let result = text;
  for (const [begin, end] of SERVER) result = hideSpan(result, begin, end);
  return result.includes('Failed query: ') ? result.replace(PARAMS, '$1…') : result;
}

/** Removes the values that a message of a third-party library repeats. */
export function maskEchoes(text: string): string {
  let result = text;
  if (result.includes('://')) result = result.replace(QUERY, `$1${MASK}`);
  if (ECHOING.test(result)) result = hideEchoes(result);
  if (result.length < MIN_RANDOM) return result;
  return result.replace(RUN, (word) => (INNOCENT.test(word) ? word : MASK));
}

function hideEchoes(text: string): string {
  let result = maskServerEchoes(replaceAll(TAILS, hideParsedText(text)));
  for (const [begin, end] of SPANS) result = hideSpan(result, begin, end);
  return replaceAll(quotedValues(), result);
}

function hideSpan(text: string, begin: RegExp, end: string): string {
  const match = begin.exec(text);
  if (match === null) return text;
  const start = match.index + match[0].length;
  const stop = text.lastIndexOf(end);
  return `${text.slice(0, start)}…${stop < start ? end : text.slice(stop)}`;
}

/** Removes the text that V8 could not parse and quotes, whatever quotes that contains itself. */
export function hideParsedText(text: string): string {
  const end = text.lastIndexOf('" is not valid JSON') + 1 || text.lastIndexOf('is not valid JSON');
  if (end <= 0) return text;
  const start = text.indexOf('"');
  return start < 0 || start >= end ? text : `${text.slice(0, start)}…${text.slice(end)}`;
}
