import { randomBytes } from 'node:crypto';
import type { Settings } from '@map/config/settings';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { BAD_DAY, GOOD_DAY } from './fault.ts';
import { providersOf } from './provider.ts';

/** The model endpoints that a run uses. */
export interface ModelSource {
  /** The endpoints that the run started itself; none when the settings have a key. */
  readonly endpoints: readonly Endpoint[];
  /** `LLM_PROVIDERS_CONFIG` for the run; nothing to change when the settings have a key. */
  readonly providers: string | undefined;
  readonly description: string;
  stop(): Promise<void>;
}

/** A real model answers within a minute, the local one within a second or not at all. */
const LOCAL = { timeoutMs: 1000, slowMs: 30_000, latencyMs: 20 };

/**
 * Takes the providers of the settings that have a key, and starts two local ones otherwise: the
 * first on a bad day, the second to take over.
 * @param seed Decides which requests fail, and how.
 */
export async function findModels(settings: Settings, seed: number): Promise<ModelSource> {
  const configured = providersOf(settings);
  if (configured.length > 0) {
    return {
      endpoints: [],
      providers: undefined,
      description: configured.map(({ name, model }) => `${name}/${model}`).join(', then '),
      stop: async () => undefined,
    };
  }
  const apiKey = `sk-local-${randomBytes(18).toString('base64url')}`;
  const { timeoutMs, ...pace } = LOCAL;
  const first = { ...pace, apiKey, seed, models: ['small'], faults: BAD_DAY };
  const second = { ...pace, apiKey, seed, models: ['large'], faults: GOOD_DAY };
  const endpoints = await Promise.all([startEndpoint(first), startEndpoint(second)]);
  const [local, spare] = endpoints;
  const provider = ({ url }: Endpoint, model: string) => ({
    base_url: url,
    api_key: apiKey,
    models: [model],
    timeout: `${timeoutMs}ms`,
  });
  return {
    endpoints,
    providers: JSON.stringify({
      local: provider(local, 'small'),
      spare: provider(spare, 'large'),
    }),
    description:
      `local/small, then spare/large: two endpoints on loopback that fail as real ones do ` +
      `(set OPENAI_API_KEY for a real one)`,
    stop: async () => {
      await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    },
  };
}
