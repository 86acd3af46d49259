import type { Settings } from '@map/config/settings';

/** A model endpoint that speaks the OpenAI protocol. */
export interface Provider {
  readonly name: string;
  /** Base URL, without a slash at the end. */
  readonly url: string;
  readonly model: string;
  readonly apiKey: { reveal(): string };
  /** Limit for one answer, in milliseconds. */
  readonly timeoutMs: number;
}

const OPENAI_URL = 'https://api.openai.com/v1';
const OPENAI_MODEL = 'gpt-4o-mini';
const ANSWER_LIMIT_MS = 60_000;

/**
 * Lists the providers of the settings that have a key and speak the OpenAI protocol, `openai` first.
 * @returns None when no key is set.
 */
export function providersOf(settings: Settings): Provider[] {
  return Object.entries(settings.LLM_PROVIDERS_CONFIG)
    .flatMap(([name, config]): Provider[] => {
      const url = config.base_url ?? (name === 'openai' ? OPENAI_URL : undefined);
      if (config.api_key?.isSet !== true || url === undefined) return [];
      const model = config.models?.[0] ?? settings.DEFAULT_MODEL ?? OPENAI_MODEL;
      const timeoutMs = config.timeout ?? ANSWER_LIMIT_MS;
      return [{ name, url: url.replace(/\/+$/, ''), model, apiKey: config.api_key, timeoutMs }];
    })
    .sort((a, b) => Number(b.name === 'openai') - Number(a.name === 'openai'));
}
