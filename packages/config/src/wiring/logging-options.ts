import type { LoggingOptions } from '@map/logger';
import { type Settings, secretTexts } from '@map/settings';

/** Settings → logging; the secrets of the settings are masked in every line. */
export function loggingOptions(settings: Settings): LoggingOptions {
  const { LOG_FILE, LOG_FILE_MAX_SIZE, LOG_FILE_MAX_FILES } = settings;
  return {
    level: settings.LOG_LEVEL,
    levels: settings.LOG_LEVELS,
    format: settings.LOG_FORMAT,
    caller: settings.LOG_CALLER ? 'WARNING' : 'never',
    redact: { values: secretTexts(settings) },
    ...(LOG_FILE !== undefined && {
      file: {
        path: LOG_FILE,
        rotate: { sizeBytes: LOG_FILE_MAX_SIZE, keep: LOG_FILE_MAX_FILES },
      },
    }),
  };
}
