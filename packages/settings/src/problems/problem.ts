import { describeSource, type SettingSource, shorten } from './source.ts';

/** One thing that is wrong with the settings, or that deserves a warning. */
export interface Problem {
  /** The variable; for an unusable `.env` file, the file. */
  readonly variable: string;
  /** The place inside the variable, if it is a structure. */
  readonly path?: readonly string[];
  /** What is wrong: a clause that follows the variable's name. */
  readonly message: string;
  readonly source: SettingSource;
  /** What to do about it. */
  readonly hint?: string;
  /** The values or names that are allowed. */
  readonly allowed?: readonly string[];
  /** The allowed value or known name that was probably meant. */
  readonly suggestion?: string;
  /** What kind of problem it is, where that matters beyond the text. */
  readonly reason?: 'missing' | 'unknown' | 'deprecated';
}

/** The variable with the place inside it: `LLM_PROVIDERS_CONFIG.openai.timeout`. */
export function fullName({ variable, path = [] }: Problem): string {
  return [variable, ...path].map(shorten).join('.');
}

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A problem or a warning as one line of text. */
export function problemLine(problem: Problem): string {
  const { variable, message, source, hint, suggestion } = problem;
  const isFile = source.kind === 'env-file' && source.file === variable;
  const place = isFile ? ` line ${source.line}` : ` (${describeSource(source, variable)})`;
  const where = source.kind === 'none' ? '' : place;
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  const remedy = hint === undefined ? '' : `; ${hint}`;
  const line = `${fullName(problem)}${where}: ${message}${meant}${remedy}`;
  // Names come from outside: they must not end the line or steer a terminal.
  return line.replace(UNPRINTABLE, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
}

/** Whether a variable has a problem already: nothing more is said about it then. */
export function isTroubled(problems: readonly Problem[], variable: string): boolean {
  return problems.some((problem) => problem.variable === variable);
}

/** Whether a place, or a structure around it, has a problem already. */
export function isCovered(problems: readonly Problem[], { variable, path = [] }: Problem): boolean {
  return problems.some(
    (other) =>
      other.variable === variable && (other.path ?? []).every((name, i) => path[i] === name),
  );
}
