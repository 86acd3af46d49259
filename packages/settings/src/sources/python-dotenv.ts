// How python-dotenv reads a `.env` file, as far as it differs from Node.
//
// The rules follow its documentation (https://saurabh-kumar.com/python-dotenv/) and were
// compared with the behaviour of 1.2.4: an unquoted value ends at the end of the line, or at a `#` after a
// blank; in double quotes `\n`, `\"` and other escapes are decoded; in single quotes only `\'` and
// `\\`; backticks are ordinary characters; references are expanded everywhere.

/** One value as python-dotenv reads it, before it expands references. */
export interface PythonEntry {
  readonly value: string;
  readonly line: number;
  /** The line of the first assignment of the same name. */
  readonly first: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const NAME =
  /[^\S\r\n]*(?!export[^\S\r\n]+=)(?:export[^\S\r\n]+)?(?:'([^'\r\n]+)'|([^=#\s'][^=#\s]*))[^\S\r\n]*=[^\S\r\n]*/y;
const SINGLE = /'((?:\\[\s\S]|[^'\\])*)'/y;
const DOUBLE = /"((?:\\[\s\S]|[^"\\])*)"/y;
const REST = /[^\S\r\n]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|$)/y;
const LINE = /[^\r\n]*(?:\r\n|\r|\n|$)/y;
/** Begins only where blanks begin, or each blank of a long run would be a start. */
const COMMENT = /(?<!\s)\s+#.*/;

/** Parses the content of a `.env` file by the rules of python-dotenv; the last assignment counts. */
export function parsePythonDotenv(text: string): ReadonlyMap<string, PythonEntry> {
  const entries = new Map<string, PythonEntry>();
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const { name, value, end } = statementAt(text, at);
    if (name !== undefined) {
      entries.set(name, { value, line, first: entries.get(name)?.first ?? line });
    }
    line += text.slice(at, end).split(/\r\n|\r|\n/).length - 1;
    at = end;
  }
  return entries;
}

interface Statement {
  readonly name?: string;
  readonly value: string;
  readonly end: number;
}

function statementAt(text: string, start: number): Statement {
  const skipped = { value: '', end: start + (matchAt(LINE, text, start)?.[0].length ?? 1) };
  const head = matchAt(NAME, text, start);
  if (head === undefined) return skipped;
  const name = head[1] ?? head[2] ?? '';
  const from = start + head[0].length;
  const quoted = matchAt(SINGLE, text, from) ?? matchAt(DOUBLE, text, from);
  if (quoted === undefined) {
    // `NAME= # comment`
    if (text[from] === '#' && !head[0].endsWith('=')) return { name, value: '', end: skipped.end };
    // An opening quote that is never closed makes the whole line invalid.
    if (/["']/.test(text[from] ?? '')) return skipped;
    const raw = /^[^\r\n]*/.exec(text.slice(from, skipped.end))?.[0] ?? '';
    return { name, value: raw.replace(COMMENT, '').trimEnd(), end: skipped.end };
  }
  const close = from + quoted[0].length;
  const rest = matchAt(REST, text, close);
  if (rest === undefined) {
    return { value: '', end: close + (matchAt(LINE, text, close)?.[0].length ?? 1) };
  }
  return { name, value: decode(quoted), end: close + rest[0].length };
}

function decode([all, content = '']: RegExpExecArray): string {
  if (all.startsWith("'")) return content.replace(/\\([\\'])/g, '$1');
  return content.replace(/\\([\\'"abfnrtv])/g, (_, sign: string) => ESCAPES[sign] ?? sign);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
