import { type Config, initializeConfig } from '@map/config';
import { loadSettings, type Settings } from '@map/config/settings';
import { addModelClient } from './model.ts';
import { type Provider, providersOf } from './provider.ts';

/** The configuration of the demo, with what it adds of its own. */
export type Platform = Config<Settings, { readonly providers: readonly Provider[] }>;

/**
 * Starts the platform on the settings of a folder.
 * @param directory Where the `.env` file is.
 * @param overrides Settings that win over it and over the environment.
 * @param env The environment.
 */
export function startPlatform(
  directory: string,
  overrides: { readonly [name in keyof Settings]?: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<Platform> {
  return initializeConfig({
    settings: () => loadSettings({ directory, overrides, env }),
    logging: { console: false },
    extend: ({ connections, settings }) => {
      const providers = providersOf(settings);
      addModelClient(connections, providers, settings);
      return { providers };
    },
    // The demo ends itself in order: it has a summary to show and an exit code to give.
    signals: false,
  });
}
