import type { FormatOption, LoggingOptions } from '@map/logger';
import { explainSettings, type Settings, type SettingsExplanation } from '@map/settings';

/** Settings → logging. Their secrets are registered for redaction when they are loaded. */
export function loggingOptions(settings: Settings): LoggingOptions {
  const { LOG_FILE, LOG_FILE_MAX_SIZE, LOG_FILE_MAX_FILES } = settings;
  return {
    level: settings.LOG_LEVEL,
    levels: settings.LOG_LEVELS,
    format: settings.LOG_FORMAT,
    caller: settings.LOG_CALLER ? 'WARNING' : 'never',
    ...(LOG_FILE !== undefined && {
      file: {
        path: LOG_FILE,
        rotate: { sizeBytes: LOG_FILE_MAX_SIZE, keep: LOG_FILE_MAX_FILES },
      },
    }),
  };
}

/**
 * The log format in settings of which another one is wrong.
 *
 * @param source The `settings` option of `initializeConfig`.
 * @returns The format; undefined if it is wrong too.
 */
export function chosenFormat(source: unknown): FormatOption | undefined {
  const { explainSettings: own } = (source ?? {}) as {
    explainSettings?: () => SettingsExplanation;
  };
  const { settings } = (own ?? explainSettings)();
  return settings.find(({ name }) => name === 'LOG_FORMAT')?.value as FormatOption | undefined;
}
