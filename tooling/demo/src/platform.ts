import { join } from 'node:path';
import { type Config, initializeConfig } from '@map/config';
import { loadSettings, type Settings } from '@map/config/settings';
import { type Provider, providersOf } from './provider.ts';

/** The configuration of the demo, with what it adds. */
export type Platform = Config<Settings, { readonly providers: readonly Provider[] }>;

/** The folder with the `.env` file of the demo. */
export const DEMO: string = join(import.meta.dirname, '..');

/** The state that the processes of a run share. */
export interface Ground {
  /** Settings that win over the file and the environment. */
  readonly overrides: { readonly [name in keyof Settings]?: string };
  /** Whether the settings of Redis in the environment are for the Redis of the run. */
  readonly redisFromSettings: boolean;
}

/** Starts one process of the demo. */
export function startPlatform({ overrides, redisFromSettings }: Ground): Promise<Platform> {
  // A Redis that is not that of the settings does not have their password, TLS or cluster either.
  const entries = Object.entries(process.env).filter(
    ([name]) => redisFromSettings || !name.startsWith('REDIS_'),
  );
  const env = Object.fromEntries(entries);
  return initializeConfig({
    settings: () => loadSettings({ directory: DEMO, overrides, env }),
    logging: { console: false },
    extend: ({ settings }) => ({ providers: providersOf(settings) }),
    // The demo ends itself in order: it has a summary to show and an exit code to give.
    signals: false,
  });
}
