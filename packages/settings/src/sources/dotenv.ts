// Reading a `.env` file.
//
// Node's `util.parseEnv` reads the values, so that they are the same as with `node --env-file`. It
// cannot be given the whole file, for three reasons: it reports no line numbers and no quotes, it
// skips what it does not understand silently, and blanks at the end of a line make it misread the
// next one (`A= ` takes its value from there in Node 24; likewise a line of blanks:
// https://github.com/nodejs/node/issues/56686). So the file is split into statements here:
//
// - An assignment is `NAME=value`, also after `export`. If its value opens a quote that a later
//   line closes, the statement extends to the end of that line. Each is parsed by Node alone.
// - Blank lines and lines with `#` first are skipped.
// - A quote that no line closes is part of the value, as for Node. It is reported, and so is an
//   assignment of a setting inside the quotes of another value: its own quote may be what closes them.
// - Any other line is a fault. Usually it is the rest of a value of several lines without quotes (a
//   PEM key, formatted JSON) or with a quote that is never closed. Then the value above it is cut,
//   and the fault names its variable.
//
// The content of a line is never part of a fault: it may be a piece of a secret.

import { utilities } from './built-ins.ts';

/** One assignment of a `.env` file, not yet expanded. */
export interface DotenvEntry {
  readonly value: string;
  /** The line on which the assignment starts, from 1. */
  readonly line: number;
  /** Whether the value is in single quotes, where `${…}` is literal. */
  readonly literal: boolean;
}

/** A statement that cannot be used. */
export interface DotenvFault {
  readonly line: number;
  /** The problem: a predicate, without any of the content. */
  readonly reason: string;
  /** The name that the line starts with, if it has the form of one. */
  readonly name?: string;
  /** Whether the statement is used anyway, as it may be meant. */
  readonly isUsed?: true;
}

/** The content of a `.env` file. */
export interface Dotenv {
  readonly entries: ReadonlyMap<string, DotenvEntry>;
  readonly faults: readonly DotenvFault[];
}

/** Maximum length of one assignment: the limit of Linux for a variable of a process. */
export const MAX_ENTRY_LENGTH = 131_072;

/** A name that can be assigned. `__proto__` cannot: objects treat it differently. */
export const DOTENV_NAME: RegExp = /^(?!__proto__$)[A-Za-z_][\w.-]*$/;

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?(?!__proto__[ \t]*=)([A-Za-z_][\w.-]*)[ \t]*=/;
/** The name before the syntax of another program: `NAME: …`, `NAME+=…`, `NAME[0]=…`, `NAME<<END`. */
const LEADING_WORD = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:[:\s<?[]|\+=|$)/;
/** The name behind the syntax of another program: `set NAME=…`, `$env:NAME = …`, `- NAME=…`. */
const INNER_NAME =
  /^[^\w#"'`=]*(?:(?:set|setx|env|declare|typeset|readonly|local|let|const|var)[ \t]+(?:-\w+[ \t]+)?|env:)?(?!__proto__[ \t]*=)([A-Za-z_][\w.-]*)[ \t]*=/i;
/** The name in quotes, as in JSON or after `export`: `"NAME"=…`, `"NAME": …`, `export "NAME=…"`. */
const QUOTED_NAME =
  /^[ \t]*(?:export[ \t]+)?["'`](?!__proto__\b)([A-Za-z_][\w.-]*)["'`]?[ \t]*[=:]/;
/** A name before something that can be its value, anywhere in a line: `{"NAME": …`, `ENV['NAME'] = …`. */
const ANY_NAME = /(?<![\w.-])([A-Za-z_][\w.-]*)["'`\]})]*[ \t]*(?:[=:,]|\+=)/g;
/** The name behind a command that sets variables without an equals sign: `setenv NAME …`. */
const COMMAND =
  /^[ \t]*(?:set|setx|setenv|export|env|arg)(?:[ \t]+-[\w-]+)*[ \t]+["']?([A-Za-z_][\w.-]*)["']?[ \t]+\S/i;
const PEM_END = '-----END ';
const PEM_EDGE = /^[ \t]*-----(?:BEGIN|END) /;
const PEM_LINE = /^[ \t]*[A-Za-z0-9+/]+={0,2}[ \t]*$/;
/** Base64 is broken into lines of 64 or 76 characters. */
const BASE64_START = /^[A-Za-z0-9+/]{64,}$/;

/**
 * Parses the content of a `.env` file.
 *
 * @param isOwn Whether a name is one of the settings.
 */
export function parseDotenv(source: string, isOwn: (name: string) => boolean = isNone): Dotenv {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const entries = new Map<string, DotenvEntry>();
  const faults: DotenvFault[] = [];
  // The assignment directly above, whose value may continue.
  let above: Assignment | undefined;
  const open: Assignment[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const lineEnd = indexOr(text, '\n', at);
    const first = text.slice(at, lineEnd);
    const isRest = above !== undefined && isRestOf(above, first);
    const name = isRest ? undefined : ASSIGNMENT.exec(first)?.[1];
    let end = lineEnd;
    if (name !== undefined) {
      end = statementEnd(text, at, lineEnd);
      const statement = text.slice(at, end);
      const reason = faultOf(statement);
      const value = first.slice(first.indexOf('=') + 1).trim();
      // A quote that a later line closes holds the whole value: what follows is not a rest of it.
      const isWhole = reason === undefined && end > lineEnd;
      const form = isWhole ? undefined : formOf(value);
      above = { name, line, form, isCut: false };
      if (reason === undefined) {
        // The last assignment counts, also for the order in which names are listed.
        entries.delete(name);
        entries.set(name, entryOf(statement, line));
        if (openingQuote(statement) >= 0 && quoteOf(statement) === undefined) open.push(above);
        faults.push(...swallowed(statement, line, isOwn));
      } else {
        faults.push({ line, name, reason });
        // Its quote may be one that an unrelated line below closes: read those lines by themselves.
        end = lineEnd;
        above.isCut = true;
      }
    } else if (isRest && above !== undefined) {
      if (!above.isCut) {
        above.isCut = true;
        faults.push({ line: above.line, name: above.name, reason: cutReason(line) });
        entries.delete(above.name);
      }
      // Another certificate, or a rest of the key, may follow.
      if (PEM_EDGE.test(first)) above.form = first.includes(PEM_END) ? 'base64' : 'pem';
    } else if (above?.form === 'pem' && first.trim() === '') {
      // The headers of an encrypted key end with a blank line.
      above.form = 'base64';
    } else {
      above = undefined;
      // A name behind another blank, such as a byte order mark, would be ignored silently.
      if (!/^\s*(?:#|$)/.test(first)) faults.push(strayFault(first, line, isOwn));
    }
    line += 1 + count(text.slice(at, end), '\n');
    at = end + 1;
  }
  for (const { isCut, line: at, name } of open) {
    if (!isCut) faults.push({ line: at, name, reason: OPEN_QUOTE, isUsed: true });
  }
  return { entries, faults: faults.sort((a, b) => a.line - b.line) };
}

const OPEN_QUOTE = 'has no closing quote: add one, or put another kind of quote around the value';

interface Assignment {
  readonly name: string;
  readonly line: number;
  /** The form of a value of several lines whose first line this looks like. */
  form: 'pem' | 'base64' | 'other' | undefined;
  /** Whether it is reported already. */
  isCut: boolean;
}

function formOf(value: string): Assignment['form'] {
  if (/^["'`]?-----BEGIN /.test(value)) return value.includes(PEM_END) ? undefined : 'pem';
  if (BASE64_START.test(value)) return 'base64';
  const quote = /^["'`]/.exec(value)?.[0];
  const isOpen =
    quote === undefined
      ? value.endsWith('\\') || (/^[{[]/.test(value) && !isJson(value))
      : value.indexOf(quote, 1) < 0;
  return isOpen ? 'other' : undefined;
}

/** Whether a line is a further line of the value that the assignment above it starts. */
function isRestOf({ form }: Assignment, line: string): boolean {
  // The last line of a key in base64 can look like an assignment.
  if (form === 'pem' && PEM_LINE.test(line)) return true;
  if (form === 'base64') return PEM_EDGE.test(line) || isBase64(line.trim());
  return form !== undefined && !ASSIGNMENT.test(line) && !/^[ \t]*(?:#|$)/.test(line);
}

/** Whether a line is Base64 of full length, and is not the name of an empty variable. */
function isBase64(line: string): boolean {
  return PEM_LINE.test(line) && line.length % 4 === 0 && /[a-z]/.test(line) && /[A-Z]/.test(line);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function cutReason(line: number): string {
  return `seems to continue on line ${line}: put quotes around a multi-line value`;
}

function strayFault(text: string, line: number, isOwn: (name: string) => boolean): DotenvFault {
  const word = LEADING_WORD.exec(text)?.[1];
  const inner = (QUOTED_NAME.exec(text) ?? INNER_NAME.exec(text))?.[1];
  const own = ownName(text, isOwn);
  const reason =
    word === undefined && text.includes('=') && inner === undefined && own === undefined
      ? 'has no variable name before its equals sign'
      : 'is not an assignment: write NAME=value';
  const name = own ?? inner ?? word;
  return name === undefined ? { line, reason } : { line, reason, name };
}

/** The first setting that a line sets in the syntax of another program. */
function ownName(text: string, isOwn: (name: string) => boolean): string | undefined {
  const command = COMMAND.exec(text)?.[1];
  if (command !== undefined && isOwn(command)) return command;
  for (const [, name = ''] of text.matchAll(ANY_NAME)) if (isOwn(name)) return name;
  return undefined;
}

function entryOf(statement: string, line: number): DotenvEntry {
  const [value] = Object.values(utilities().parseEnv(`${statement}\n`));
  return { value: value ?? '', line, literal: quoteOf(statement) === "'" };
}

/** The end of a statement: of its first line, or of the line that closes its quote. */
function statementEnd(text: string, start: number, lineEnd: number): number {
  const line = text.slice(start, lineEnd);
  const open = openingQuote(line);
  if (open < 0) return lineEnd;
  const close = text.indexOf(line[open] as string, start + open + 1);
  return close < 0 ? lineEnd : indexOr(text, '\n', close);
}

function indexOr(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from);
  return found < 0 ? text.length : found;
}

/** The index of the quote that opens the value, or -1. */
function openingQuote(statement: string): number {
  const match = /^[^=\n]*=[ \t]*(?=["'`])/.exec(statement);
  return match === null ? -1 : match[0].length;
}

/** The quote that encloses the value, if there is one. */
function quoteOf(statement: string): string | undefined {
  const open = openingQuote(statement);
  const quote = statement[open];
  return quote !== undefined && statement.includes(quote, open + 1) ? quote : undefined;
}

const isNone = (): boolean => false;

/** The assignments of settings inside a value of several lines. */
function swallowed(
  statement: string,
  first: number,
  isOwn: (name: string) => boolean,
): DotenvFault[] {
  if (!statement.includes('\n')) return [];
  return statement.split('\n').flatMap((text, index) => {
    const name = index === 0 ? undefined : ASSIGNMENT.exec(text)?.[1];
    if (name === undefined || !isOwn(name)) return [];
    const reason = `is inside the quotes that line ${first} opens, and sets nothing`;
    return [{ line: first + index, name, reason, isUsed: true as const }];
  });
}

function faultOf(statement: string): string | undefined {
  if (statement.length > MAX_ENTRY_LENGTH) {
    return `is longer than ${MAX_ENTRY_LENGTH} characters`;
  }
  const quote = quoteOf(statement);
  if (quote === undefined) return undefined;
  const close = statement.indexOf(quote, openingQuote(statement) + 1);
  const rest = statement.slice(close + 1).trim();
  if (rest === '' || rest.startsWith('#')) return undefined;
  return 'has text after its closing quote: use another kind of quote around the value';
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
