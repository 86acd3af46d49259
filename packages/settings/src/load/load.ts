import { type Problem, problemLine } from '../problems/problem.ts';
import { settingsError } from '../problems/settings-error.ts';
import type { Plan } from './plan.ts';
import { type ResolveOptions, resolve } from './resolve.ts';

/** Something about the settings that is not an error. */
export interface SettingsWarning {
  readonly reason: 'unknown' | 'deprecated';
  readonly variable: string;
  /** The whole warning as one line, without any secret. */
  readonly message: string;
  /** The known variable that was probably meant. */
  readonly suggestion?: string;
}

/** Where `loadSettings` reads from, and how strictly. */
export interface LoadOptions extends ResolveOptions {
  /** Takes each warning; without it they go to `process.emitWarning`. */
  readonly onWarning?: (warning: SettingsWarning) => void;
}

/**
 * Loads the settings of a plan once.
 * @throws ConfigurationError with every problem at once.
 */
export function load(plan: Plan, options: LoadOptions): object {
  const { settings, problems, warnings } = resolve(plan, options);
  const tell = options.onWarning ?? emitWarning;
  for (const warning of warnings) tell(toWarning(warning));
  if (problems.length > 0) throw settingsError(problems);
  return settings;
}

/** A warning as users get it. */
export function toWarning(problem: Problem): SettingsWarning {
  const { variable, suggestion } = problem;
  const reason = problem.reason === 'deprecated' ? 'deprecated' : 'unknown';
  const meant = suggestion === undefined ? {} : { suggestion };
  return { reason, variable, message: problemLine(problem), ...meant };
}

function emitWarning({ message, reason }: SettingsWarning): void {
  process.emitWarning(message, {
    type: 'SettingsWarning',
    code: `MAP_SETTINGS_${reason.toUpperCase()}`,
  });
}
