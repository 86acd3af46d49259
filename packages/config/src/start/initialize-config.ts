import { ConfigurationError, ErrorCode } from '@map/errors';
import type { Settings } from '@map/settings';
import { current, type Running } from '../support/current.ts';
import { checkOptions } from './check-options.ts';
import type { Config, InitializeOptions } from './config.ts';
import { initialize } from './initialize.ts';

/**
 * Starts everything in order: bootstrap logging, settings, logging, connections, metrics.
 *
 * The first call starts; further calls return the same configuration until it is shut down. If a
 * step fails, or a signal interrupts it, the completed steps are reverted.
 *
 * @param options Everything has a default.
 * @returns Everything, started and wired.
 * @throws A coded error whose message and `details.step` name the step that failed;
 * `CONFIGURATION_ERROR_3000` if it is running already with other `settings` or another `extend`.
 * @example
 * ```ts
 * import { initializeConfig, logger, settings } from '@map/config';
 *
 * const config = await initializeConfig({ metricsServer: false });
 * logger.getLogger('app').info(`Application ${settings.APP_NAME} initialized`);
 * await config.shutdown();
 * ```
 */
export async function initializeConfig<S extends Settings = Settings, X = undefined>(
  options: InitializeOptions<S, X> = {},
): Promise<Config<S, X>> {
  checkOptions(options);
  const state = current();
  if (state.config?.ending) {
    await state.config.shutdown();
    return initializeConfig(options);
  }
  if (state.starting !== undefined) {
    const other = otherOption(options, state.options ?? {});
    if (other !== undefined) throw alreadyStarted(other);
    return state.starting as Promise<Config<S, X> & Running>;
  }
  const forget = () => {
    if (state.starting !== starting) return;
    delete state.starting;
    delete state.config;
    delete state.lifecycle;
    delete state.options;
  };
  const starting: Promise<Config<S, X>> = initialize(options, {
    onLifecycle: (lifecycle) => {
      state.lifecycle = lifecycle;
    },
    onEnded: () => forget(),
  });
  state.options = options;
  state.starting = starting;
  try {
    const config = await starting;
    state.config = config;
    return config;
  } catch (error) {
    forget();
    throw error;
  }
}

interface TypedOptions {
  readonly settings?: unknown;
  readonly extend?: unknown;
}

/** Names an option that the types of the running configuration do not fit. */
function otherOption(asked: TypedOptions, running: TypedOptions): string | undefined {
  const typed = ['settings', 'extend'] as const;
  return typed.find((name) => asked[name] !== undefined && !isSame(asked[name], running[name]));
}

/** Whether two options are the same, or the same source that a hot reload evaluated twice. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === 'function' && typeof b === 'function') return String(a) === String(b);
  const [first, second] = [a, b].map(schemasOf);
  return first !== undefined && first === second;
}

/** The schemas of a settings definition, as text. */
function schemasOf(definition: unknown): string | undefined {
  const { properties } = (definition ?? {}) as { properties?: unknown };
  return properties === undefined ? undefined : JSON.stringify(properties);
}

function alreadyStarted(option: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIGURATION_ERROR,
    message: `initializeConfig() is already running with another \`${option}\`. Pass options in one call only, and none in the others.`,
    details: { option },
  });
}
