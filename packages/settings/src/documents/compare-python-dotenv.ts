import { checkString } from '@map/errors/kernel';
import { redactText } from '@map/redaction';
import { type DotenvEntry, parseDotenv } from '../sources/dotenv.ts';
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
        ? unusable(name)
        : difference(name, there, here, (other) => entries.has(other));
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

function unusable(name: string): string {
  return /^[A-Za-z_]/.test(name)
    ? 'this line cannot be used here: put another kind of quote around the value'
    : 'a name begins with a letter or an underscore here: rename the variable';
}

function difference(
  name: string,
  there: PythonEntry,
  here: DotenvEntry,
  isSet: (name: string) => boolean,
): string | undefined {
  if (here.value !== there.value) return valueDifference(there.value, here.value);
  const references = [...there.value.matchAll(/\$\{([^}:]*)(:-)?/g)];
  if (references.length === 0) return undefined;
  if (here.literal) return 'Python expands ${…} in single quotes; here it is literal';
  if (there.value.includes('\\${'))
    return 'Python expands ${…} after a backslash; here it is literal';
  const isMissing = references.some(
    ([, other = '', fallback]) => !fallback && (other === name || !isSet(other)),
  );
  return isMissing
    ? 'a reference to an unset variable is empty in Python and an error here: write ${NAME:-}'
    : undefined;
}

function valueDifference(there: string, here: string): string {
  if (there.startsWith('`')) return 'backticks are quotes here: put single quotes around the value';
  if (there.startsWith(here) && there.includes('#')) {
    return 'an unquoted value ends at # here: put single quotes around it';
  }
  return 'escapes with \\ are decoded differently: in single quotes a value stays as it is';
}
