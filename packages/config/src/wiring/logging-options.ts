import type { LoggingOptions } from '@map/logger';
import type { Settings } from '@map/settings';

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
