import { ConfigurationError, ErrorCode } from '@map/errors';
import type { Settings } from '@map/settings';
import type { Config, InitializeOptions } from './config.ts';
import { holder } from './current.ts';
import { initialize } from './initialize.ts';

/**
 * Starts everything in order: bootstrap logging, settings, logging, connections, metrics.
 *
 * The first call does it; calls beside or after it give the same configuration, until it is shut
 * down. A step that fails takes the earlier ones back.
 *
 * @param options What to start with; everything has a default.
 * @returns Everything, started and wired.
 * @throws A coded error whose message and `details.step` name the step that failed;
 * `CONFIGURATION_ERROR_3000` when it runs already with other settings or another `extend`.
 * @example
 * ```ts
 * import { initializeConfig, logger, settings } from '@map/config';
 *
 * await using config = await initializeConfig({ metricsServer: false });
 * logger.getLogger('app').info(`Application ${settings.APP_NAME} initialized`);
 * ```
 */
export async function initializeConfig<S extends Settings = Settings, X = undefined>(
  options: InitializeOptions<S, X> = {},
): Promise<Config<S, X>> {
  const current = holder();
  if (current.config?.ending) {
    await current.config.shutdown();
    return initializeConfig(options);
  }
  if (current.starting !== undefined) {
    const other = otherOption(options, current.options ?? {});
    if (other !== undefined) throw alreadyStarted(other);
    return current.starting as unknown as Promise<Config<S, X>>;
  }
  const forget = () => {
    delete current.starting;
    delete current.config;
    delete current.inFlight;
    delete current.options;
  };
  const starting = initialize(options, {
    onInFlight: (inFlight) => {
      current.inFlight = inFlight;
    },
    onEnded: forget,
  });
  current.options = options;
  current.starting = starting as unknown as NonNullable<typeof current.starting>;
  try {
    const config = await starting;
    current.config = config as unknown as NonNullable<typeof current.config>;
    return config;
  } catch (error) {
    forget();
    throw error;
  }
}

/** Names an option that the types of the running configuration do not fit. */
function otherOption(
  asked: { readonly settings?: unknown; readonly extend?: unknown },
  running: { readonly settings?: unknown; readonly extend?: unknown },
): string | undefined {
  const typed = ['settings', 'extend'] as const;
  return typed.find((name) => asked[name] !== undefined && asked[name] !== running[name]);
}

function alreadyStarted(option: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIGURATION_ERROR,
    message: `initializeConfig() has run already with another "${option}". Call it once with options, and without any elsewhere.`,
    details: { option },
  });
}
