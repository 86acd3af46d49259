import type { Settings } from '@map/config/settings';

/** A provider that speaks the OpenAI protocol, and the model that is asked there. */
export interface Provider {
  readonly name: string;
  readonly model: string;
}

const OPENAI_MODEL = 'gpt-4o-mini';

/**
 * Lists the providers of the settings that have a key and speak the OpenAI protocol, `openai` first.
 * @returns None when no key is set.
 */
export function providersOf(settings: Settings): Provider[] {
  return Object.entries(settings.LLM_PROVIDERS_CONFIG)
    .flatMap(([name, { api_key, base_url, enabled, models }]): Provider[] => {
      const isUsable = api_key?.isSet === true && enabled !== false;
      if (!isUsable || (base_url === undefined && name !== 'openai')) return [];
      return [{ name, model: models?.[0] ?? settings.DEFAULT_MODEL ?? OPENAI_MODEL }];
    })
    .sort((a, b) => Number(b.name === 'openai') - Number(a.name === 'openai'));
}
