import { closest } from './closest.ts';

const LONGEST = 40;

/** An option that does not exist. */
export interface UnknownOption {
  /** Its name, cut to 40 characters. */
  readonly option: string;
  /** The sentence that names it, and the option to use instead. */
  readonly message: string;
}

/**
 * Lists the names of all options of a type: the compiler refuses a list with one too many or too few.
 * @param names The names, each with `true`.
 */
export function optionNames<T>(names: Record<keyof T & string, true>): ReadonlySet<string> {
  return new Set(Object.keys(names));
}

/**
 * Finds an option that does not exist, such as a misspelt one, which would otherwise have no effect.
 * @param of What the options belong to, for the message, such as `runTask()`.
 * @param options The options; an instance of a class may keep fields beside them.
 * @param known The names that exist.
 * @param remedies Names that people know from elsewhere, and what to use instead.
 * @returns The first one; `undefined` if all exist.
 */
export function unknownOption(
  of: string,
  options: object,
  known: ReadonlySet<string>,
  remedies: Readonly<Record<string, string>> = {},
): UnknownOption | undefined {
  const name = Object.keys(options).find((each) => !known.has(each));
  if (name === undefined || !isPlain(options)) return undefined;
  const meant = Object.hasOwn(remedies, name) ? remedies[name] : closest(name, known);
  const remedy =
    meant === undefined ? `Use one of ${[...known].join(', ')}.` : `Did you mean \`${meant}\`?`;
  const option = name.slice(0, LONGEST);
  return { option, message: `\`${option}\` is not an option of ${of}. ${remedy}` };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
