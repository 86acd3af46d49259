import { ConfigurationError, ErrorCode, findCodeInfo } from '@map/errors';
import type { PageSetting, StatusPageOptions } from '@map/metrics';
import { valueAtOnce } from '@map/redaction/kernel';
import { explainSettings, getSettings, type SettingsExplanation } from '@map/settings';
import { sourceWords } from '../support/source-words.ts';

/** Further content of the status page. */
export interface StatusPageAccess {
  /** Whether it lists the settings with their values and sources, secrets masked; false by default. */
  readonly settings?: boolean | undefined;
  /** Returns the addresses of your own error codes; those of MAP link to its documentation. */
  readonly errorUrl?: StatusPageOptions['errorUrl'];
}

const CODES_URL = 'https://git.example.com/map/map/blob/main/docs/error-codes.md';

/**
 * Settings and error codes → the status page. The settings are those of the start, read once.
 *
 * @param source - the `settings` option of `initializeConfig`
 * @throws `CONFIG_INVALID_3002` if the settings are to be shown and cannot be explained.
 */
export function statusPageOptions(access: StatusPageAccess, source: unknown): StatusPageOptions {
  const { errorUrl } = access;
  return {
    errorUrl: (code) => valueAtOnce(errorUrl?.(code)) ?? codeUrl(code),
    ...(access.settings === true && { settings: settingsOf(source) }),
  };
}

function codeUrl(code: string): string | undefined {
  const isOwn = (Object.values(ErrorCode) as string[]).includes(code);
  return isOwn ? `${CODES_URL}#${findCodeInfo(code)?.docAnchor}` : undefined;
}

function settingsOf(source: unknown): () => readonly PageSetting[] {
  const { settings } = explanationOf(source);
  const rows = settings.map((setting) => {
    const { name, value } = setting;
    return { name, value, from: sourceWords(setting) };
  });
  return () => rows;
}

function explanationOf(source: unknown): SettingsExplanation {
  if (source === undefined || source === getSettings) return explainSettings();
  const explain = (source as { explainSettings?: unknown }).explainSettings;
  if (typeof explain === 'function') {
    return Reflect.apply(explain, source, []) as SettingsExplanation;
  }
  throw new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message:
      '`metricsServer.statusPage.settings` must be false, got true with a function as `settings`. Pass the result of defineSettings().',
    details: { option: 'metricsServer.statusPage.settings' },
  });
}
