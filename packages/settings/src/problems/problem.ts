import { redactText } from '@map/redaction';
import { describeSource, type SettingSource, shorten } from './source.ts';

/** One error or warning about the settings. */
export interface Problem {
  /** The variable, or the `.env` file. */
  readonly variable: string;
  /** The place inside the variable, if it is a structure. */
  readonly path?: readonly string[];
  /** The problem: a clause after the name of the variable. */
  readonly message: string;
  readonly source: SettingSource;
  /** The value in full, masked, if the message has only its beginning. */
  readonly rejected?: string;
  /** The remedy. */
  readonly hint?: string;
  /** The values or names that are allowed. */
  readonly allowed?: readonly string[];
  /** The allowed value or known name that is closest to the given one. */
  readonly suggestion?: string;
  /** The kind of problem, where it decides what happens. */
  readonly reason?: 'missing' | 'unknown' | 'deprecated' | 'malformed' | 'ignored' | 'unresolved';
}

/** The variable with the place inside it: `LLM_PROVIDERS_CONFIG.openai.timeout`. */
export function fullName({ variable, path = [] }: Problem): string {
  return [shorten(variable), ...path.map(placeName)].join('.');
}

/** One name of a path for a message; with misplaced quotes or brackets it can be a secret. */
export function placeName(name: string): string {
  return redactText(shorten(name));
}

/** Formats a problem or a warning as one line. */
export function problemLine(problem: Problem): string {
  const { variable, message, source, hint, suggestion } = problem;
  const place = isOfFile(variable, source)
    ? ` line ${source.line}`
    : ` (${describeSource(source, variable)})`;
  const where = source.kind === 'none' ? '' : place;
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  const remedy = hint === undefined ? '' : `; ${hint}`;
  const line = `${fullName(problem)}${where}: ${message}${meant}${remedy}`;
  // Names come from outside: they must not break the line or control a terminal.
  return line.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`,
  );
}

type EnvFileSource = Extract<SettingSource, { kind: 'env-file' }>;

/** Whether a problem is about a line of a `.env` file, instead of a value that it sets. */
function isOfFile(variable: string, source: SettingSource): source is EnvFileSource {
  return source.kind === 'env-file' && source.file === variable;
}

/** Whether a problem is about a variable: about its value, or about a line of a file that sets it. */
export function concerns({ variable, source }: Problem, name: string): boolean {
  return variable === name || (isOfFile(variable, source) && source.name === name);
}

/** Whether a variable already has a problem. */
export function isTroubled(problems: readonly Problem[], variable: string): boolean {
  return problems.some((problem) => concerns(problem, variable));
}

/** Whether a place, or a structure around it, already has a problem. */
export function isCovered(problems: readonly Problem[], { variable, path = [] }: Problem): boolean {
  return problems.some(
    (other) =>
      other.variable === variable && (other.path ?? []).every((name, i) => path[i] === name),
  );
}
