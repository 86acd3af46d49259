import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, ErrorCode } from '@map/errors';
import type { Settings, SettingsExplanation } from '@map/settings';

/** The part of a settings definition that the commands need. */
export interface Definition {
  /** The schemas by name. */
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly explainSettings: () => SettingsExplanation;
  readonly loadSettings: () => Settings;
}

/**
 * Finds the settings definition: the one that a module exports, or the stock definition.
 *
 * @param path The module, relative to the working directory; any of its exports may be the definition.
 * @returns The definition.
 * @throws `CONFIG_INVALID_3002` if the module cannot be loaded or does not export a definition.
 */
export async function loadDefinition(path: string | undefined): Promise<Definition> {
  if (path === undefined) return (await import('@map/settings')).stockSettings;
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message: `The file ${file} does not exist. Pass a module that exports the result of defineSettings().`,
    });
  }
  let found: Record<string, unknown>;
  try {
    found = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message: `${file} cannot be loaded: ${(error as Error).message}`,
      originalError: error,
    });
  }
  const definition = [found['default'], ...Object.values(found)].find(isDefinition);
  if (definition !== undefined) return definition;
  throw new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `${file} does not export a settings definition. Export the result of defineSettings().`,
  });
}

function isDefinition(value: unknown): value is Definition {
  if (typeof value !== 'object' || value === null) return false;
  const { explainSettings, loadSettings, properties } = value as Partial<Definition>;
  return (
    typeof explainSettings === 'function' &&
    typeof loadSettings === 'function' &&
    typeof properties === 'object'
  );
}
