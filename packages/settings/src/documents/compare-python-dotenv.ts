import { checkString } from '@map/errors/kernel';
import { redactText } from '@map/redaction';
import { type DotenvEntry, parseDotenv } from '../sources/dotenv.ts';
import { ExpansionFault, expand } from '../sources/expand.ts';
import { type PythonEntry, parsePythonDotenv } from '../sources/python-dotenv.ts';

/** A value of a `.env` file that Python programs and these settings read differently. */
export interface PythonDifference {
  readonly line: number;
  readonly name: string;
  /** The difference and what to do, without the value. */
  readonly message: string;
}

/**
 * Finds the values of a `.env` file that python-dotenv reads differently.
 *
 * @param text The content of the file.
 * @returns The differences by line, without any value; empty if both read the same.
 * @throws `CONFIG_INVALID_3002` if `text` is not a string.
 *
 * @example
 * ```ts
 * import { comparePythonDotenv } from '@map/settings/generate';
 *
 * comparePythonDotenv('PW=p#ss')[0]?.line; // 1
 * ```
 */
export function comparePythonDotenv(text: string): readonly PythonDifference[] {
  checkString('text', text);
  // Python opens the file as text, which has one kind of line break.
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const python = parsePythonDotenv(source);
  const { entries, faults } = parseDotenv(source);
  const found: PythonDifference[] = [];
  for (const [name, there] of python) {
    const here = entries.get(name);
    const message =
      here === undefined
        ? unusable(name, faults.find(({ line }) => line === there.line)?.reason)
        : (valueDifference(there.value, here.value) ??
          referenceDifference(name, there, here, python));
    if (message === undefined) continue;
    found.push({ line: there.line, name: here ? name : shownName(name, there.value), message });
  }
  for (const [name, { line }] of entries) {
    if (!python.has(name)) found.push({ line, name, message: 'Python does not read this line' });
  }
  const lines = source.split('\n');
  for (const { line, name } of faults) {
    const isBare = /^\s*(?:export\s+)?[\w.-]+\s*$/.test(lines[line - 1] ?? '');
    if (isBare && name !== undefined) found.push({ line, name: bareName(name), message: BARE });
  }
  return found.sort((a, b) => a.line - b.line);
}

const BARE = 'a name alone has no value in Python, here it is an error: write NAME= or remove it';

/** A word alone on its line may be a key, or a line of one; a name is in capitals. */
function bareName(name: string): string {
  return /^[A-Z_][A-Z\d_]{0,63}$/.test(name) && redactText(name) === name ? name : NOT_ASSIGNED;
}

const NOT_ASSIGNED = 'a line that is not an assignment';

/** A name that is not one, such as the last line of a PEM key that ends with `==`, is not repeated. */
function shownName(name: string, value: string): string {
  const isName = /^[\w.-]{1,64}$/.test(name) && !value.startsWith('=');
  return isName ? name : NOT_ASSIGNED;
}

function unusable(name: string, reason = 'is part of the value above'): string {
  return /^[A-Za-z_]|^$/.test(name)
    ? `this line cannot be used here: it ${reason}`
    : 'a name begins with a letter or an underscore here: rename the variable';
}

function valueDifference(there: string, here: string): string | undefined {
  if (there === here) return undefined;
  if (there.startsWith('`')) return 'backticks are quotes here: put single quotes around the value';
  if (there.startsWith(here) && there.includes('#')) {
    return 'an unquoted value ends at # here: put single quotes around it';
  }
  return 'escapes with \\ are decoded differently: in single quotes a value stays as it is';
}

/** A reference as python-dotenv understands it: any name, and a fallback that ends at the first brace. */
const REFERENCE = /\$\{([^}:]*)(:-([^}]*))?\}/g;
const FORM =
  'this ${ is neither ${NAME} nor ${NAME:-fallback}, which is an error here: use single quotes';
const NESTED = 'a reference inside a fallback is expanded here, and not in Python';
const ORDER =
  'Python expands references from top to bottom, here the last assignment counts: move the line of the other variable above this one';
const MISSING =
  'a reference to an unset variable is empty in Python and an error here: write ${NAME:-}';

/** The difference in the references of a value that is otherwise the same. */
function referenceDifference(
  name: string,
  { value, line, first }: PythonEntry,
  { literal }: DotenvEntry,
  python: ReadonlyMap<string, PythonEntry>,
): string | undefined {
  if (!value.includes('${')) return undefined;
  const references = [...value.matchAll(REFERENCE)];
  if (literal || value.includes('\\${')) {
    if (references.length === 0) return undefined;
    const place = literal ? 'in single quotes' : 'after a backslash';
    return `Python expands \${…} ${place}; here it is literal`;
  }
  const form = formDifference(value);
  if (form !== undefined) return form;
  const isMissing = references.some(
    ([, other = '', fallback]) =>
      !fallback && (other === name ? first === line : !python.has(other)),
  );
  if (isMissing) return MISSING;
  const isLater = references.some(([, other = '']) =>
    other === name ? first < line : (python.get(other)?.line ?? 0) > line,
  );
  return isLater ? ORDER : undefined;
}

/** The difference between the two expansions, whatever values the variables have. */
function formDifference(value: string): string | undefined {
  for (const lookUp of [(other: string) => `\0${other}\0`, () => '']) {
    try {
      const there = value.replace(
        REFERENCE,
        (_, other: string, _rest, fallback: string = '') => lookUp(other) || fallback,
      );
      if (expand(value, lookUp) !== there) return NESTED;
    } catch (error) {
      if (!(error instanceof ExpansionFault)) throw error;
      return FORM;
    }
  }
  return undefined;
}
