import { utilities } from './built-ins.ts';

/** One assignment of a `.env` file, not yet expanded. */
export interface DotenvEntry {
  readonly value: string;
  /** The line on which the assignment starts, from 1. */
  readonly line: number;
  /** Whether `${…}` in it is literal: it stood in single quotes. */
  readonly literal: boolean;
}

/** Something a `.env` file has that no assignment may have. */
export interface DotenvFault {
  readonly line: number;
  readonly reason: string;
}

/** What a `.env` text says. */
export interface Dotenv {
  readonly entries: ReadonlyMap<string, DotenvEntry>;
  readonly faults: readonly DotenvFault[];
}

/** Most characters of one assignment: what Linux allows a variable of a process. */
export const MAX_ENTRY_LENGTH = 131_072;

/** A name that an assignment may have; objects cannot hold `__proto__` like any other. */
export const DOTENV_NAME: RegExp = /^(?!__proto__$)[A-Za-z_][\w.-]*$/;

/**
 * Reads a `.env` text. Statements are found here, for their lines and quotes, and each is read by
 * Node's own parser; alone, because given the whole file it reads `A= ` as the next line.
 */
export function parseDotenv(source: string): Dotenv {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const { parseEnv } = utilities();
  const entries = new Map<string, DotenvEntry>();
  const faults: DotenvFault[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const end = statementEnd(text, at);
    const statement = text.slice(at, end);
    if (isAssignment(statement)) {
      const fault = faultOf(statement);
      if (fault === undefined) {
        const [name, value] = Object.entries(parseEnv(`${statement}\n`))[0] ?? ['', ''];
        // The last assignment counts, also for the order in which names are listed.
        entries.delete(name);
        entries.set(name, { value: value ?? '', line, literal: quoteOf(statement) === "'" });
      } else {
        faults.push({ line, reason: fault });
      }
    }
    line += 1 + count(statement, '\n');
    at = end + 1;
  }
  return { entries, faults };
}

/** Where a statement ends: at its line's end, or at the end of the line that closes its quote. */
function statementEnd(text: string, start: number): number {
  const lineEnd = indexOr(text, '\n', start);
  const line = text.slice(start, lineEnd);
  const open = openingQuote(line);
  if (open < 0 || !isAssignment(line)) return lineEnd;
  const close = text.indexOf(line[open] as string, start + open + 1);
  return close < 0 ? lineEnd : indexOr(text, '\n', close);
}

function indexOr(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from);
  return found < 0 ? text.length : found;
}

function isAssignment(statement: string): boolean {
  return /^[ \t]*[^#\s]/.test(statement) && /^[^\n]*=/.test(statement);
}

/** The index of the quote that opens the value, or -1. */
function openingQuote(statement: string): number {
  const match = /^[^=\n]*=[ \t]*(?=["'`])/.exec(statement);
  return match === null ? -1 : match[0].length;
}

/** The quote that wraps the value, if one does. */
function quoteOf(statement: string): string | undefined {
  const open = openingQuote(statement);
  const quote = statement[open];
  return quote !== undefined && statement.includes(quote, open + 1) ? quote : undefined;
}

function faultOf(statement: string): string | undefined {
  const name = statement
    .slice(0, statement.indexOf('='))
    .trim()
    .replace(/^export\s+/, '');
  if (name === '') return 'no name stands before the equals sign';
  if (!DOTENV_NAME.test(name)) return `${JSON.stringify(name.slice(0, 40))} is not a variable name`;
  if (statement.length > MAX_ENTRY_LENGTH) {
    return `${name} is longer than ${MAX_ENTRY_LENGTH} characters`;
  }
  const quote = quoteOf(statement);
  if (quote === undefined) return undefined;
  const close = statement.indexOf(quote, openingQuote(statement) + 1);
  const rest = statement.slice(close + 1).trim();
  if (rest === '' || rest.startsWith('#')) return undefined;
  return `${name} has text after its closing quote: wrap the value in another kind of quote`;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
