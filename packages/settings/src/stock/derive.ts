import { isSecret } from '@map/redaction';
import type { Complete, Plan, Rule } from '../load/plan.ts';
import { isBlankText } from '../problems/source.ts';
import { toBoolean } from '../validate/coerce-text.ts';
import { FrozenSet } from '../values/freeze.ts';
import type { Settings } from './types.ts';

const KNOWN_PROVIDERS = ['openai', 'anthropic', 'google', 'mistral', 'azure_openai'];

/** Other names under which stock variables are found, where a convention has them. */
export const stockAliases: Readonly<Record<string, readonly string[]>> = {
  HTTP_PROXY: ['http_proxy'],
  HTTPS_PROXY: ['https_proxy'],
  NO_PROXY: ['no_proxy'],
};

/** Variables whose names other programs use as well: a filter of the npm package debug. */
export const stockForeign: Plan['foreign'] = { DEBUG: (text) => !toBoolean(text).ok };

const rules: readonly {
  readonly variables: readonly (keyof Settings)[];
  readonly check: (settings: Settings) => boolean;
  readonly message: string;
}[] = [
  {
    variables: ['REDIS_NODES', 'REDIS_MODE'],
    check: (s) => s.REDIS_MODE === 'single' || s.REDIS_NODES.length > 0,
    message: 'must name at least one host:port when REDIS_MODE is cluster or sentinel',
  },
  {
    variables: ['REDIS_TLS_KEY_FILE', 'REDIS_TLS_CERT_FILE'],
    check: (s) => (s.REDIS_TLS_KEY_FILE === undefined) === (s.REDIS_TLS_CERT_FILE === undefined),
    message: 'and REDIS_TLS_CERT_FILE belong together: set both or neither',
  },
  {
    variables: ['DEFAULT_MODEL', 'ENABLED_MODELS'],
    check: ({ DEFAULT_MODEL: model, ENABLED_MODELS: enabled }) =>
      model === undefined || enabled.length === 0 || enabled.includes(model),
    message: 'must be one of ENABLED_MODELS',
  },
];

/** Conditions over several stock variables. */
export const stockRules: readonly Rule[] = rules as readonly Rule[];

/** Adds `ENABLED_MODELS_SET`. */
export function stockDerive(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const models = values['ENABLED_MODELS'];
  return Array.isArray(models) || models instanceof Set
    ? { ENABLED_MODELS_SET: new FrozenSet<unknown>(models) }
    : {};
}

/** Fills the providers' API keys in from `{PROVIDER}_API_KEY`. */
export const stockComplete: Complete = (data, lookUp) => {
  const configured = data['LLM_PROVIDERS_CONFIG'];
  if (typeof configured !== 'object' || configured === null) return [];
  const providers = new Map<string, unknown>(Object.entries(configured));
  const filled: ReturnType<Complete>[number][] = [];
  for (const provider of new Set([...providers.keys(), ...KNOWN_PROVIDERS])) {
    const config = providers.get(provider) ?? {};
    if (typeof config !== 'object' || config === null || 'api_key' in config) continue;
    const name = `${provider.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_API_KEY`;
    const candidate = lookUp(name);
    if (candidate === undefined) continue;
    const path = [provider, 'api_key'];
    if (candidate.fault !== undefined) {
      // The problem of a declared variable is reported under its own name.
      if (!KNOWN_PROVIDERS.includes(provider)) {
        filled.push({ variable: 'LLM_PROVIDERS_CONFIG', path, candidate });
      }
      continue;
    }
    const key = isSecret(candidate.raw) ? candidate.raw.reveal() : candidate.raw;
    if (typeof key !== 'string' || isBlankText(key)) continue;
    providers.set(provider, { ...config, api_key: key });
    filled.push({ variable: 'LLM_PROVIDERS_CONFIG', path, candidate });
  }
  data['LLM_PROVIDERS_CONFIG'] = Object.fromEntries(providers);
  return filled;
};
