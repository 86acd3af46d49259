import { ignoreRejection } from '@map/redaction/kernel';
import { type Problem, problemLine } from '../problems/problem.ts';
import { settingsError } from '../problems/settings-error.ts';
import type { Plan } from './plan.ts';
import { type ResolveOptions, resolve } from './resolve.ts';

/** Something about the settings that deserves attention and is not an error. */
export interface SettingsWarning {
  /**
   * `unknown`: nothing declares the name. `deprecated`: a former name is in use. `malformed`: a line
   * of a `.env` file cannot be used. `ignored`: another program set the value for its own use.
   */
  readonly reason: 'unknown' | 'deprecated' | 'malformed' | 'ignored' | 'unresolved';
  /** The variable, or the `.env` file. */
  readonly variable: string;
  /** The whole warning as one line, without secrets. */
  readonly message: string;
  /** The known variable with the most similar name. */
  readonly suggestion?: string;
}

/** Where `loadSettings` reads from, and what happens to unknown variables. */
export interface LoadOptions extends ResolveOptions {
  /** Receives each warning. Default: `process.emitWarning`. */
  readonly onWarning?: (warning: SettingsWarning) => void;
}

/**
 * Loads the settings of a plan once.
 * @throws ConfigurationError with every problem at once.
 */
export function load(plan: Plan, options: LoadOptions): object {
  const { settings, problems, warnings } = resolve(plan, options);
  const onWarning = options.onWarning ?? emitWarning;
  for (const warning of warnings) ignoreRejection(onWarning(toWarning(warning)));
  if (problems.length > 0) throw settingsError(problems);
  return settings;
}

/** Converts a warning to its public form. */
export function toWarning(problem: Problem): SettingsWarning {
  const { variable, suggestion, reason = 'unknown' } = problem;
  const meant = suggestion === undefined ? {} : { suggestion };
  const message = problemLine(problem);
  return { reason: reason === 'missing' ? 'unknown' : reason, variable, message, ...meant };
}

function emitWarning({ message, reason }: SettingsWarning): void {
  process.emitWarning(message, {
    type: 'SettingsWarning',
    code: `MAP_SETTINGS_${reason.toUpperCase()}`,
  });
}
