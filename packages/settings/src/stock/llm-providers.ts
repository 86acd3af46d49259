import type { Secret } from '@map/redaction';
import type { TSchema } from '@sinclair/typebox';
import { duration, integer, list, record, secret, string, url } from '../schema/builders.ts';
import { optional, type Setting, type SettingOptions, TYPEBOX_KIND } from '../schema/setting.ts';

/** Configuration of one provider of language models. */
export interface LLMProviderConfig {
  /** The key, from the configuration or from `{PROVIDER}_API_KEY`. */
  readonly api_key?: Secret;
  /** Root URL of the provider's API. */
  readonly base_url?: string;
  /** Organization or project that requests are billed to. */
  readonly organization?: string;
  /** API version, for providers that want one in each request. */
  readonly api_version?: string;
  /** Limit for one request, in milliseconds. */
  readonly timeout?: number;
  /** Number of retries of a failed request. */
  readonly max_retries?: number;
  /** Models this provider serves. */
  readonly models?: readonly string[];
}

/** Providers by lower-case name. */
export type LLMProviders = Readonly<Record<string, LLMProviderConfig>> & {
  readonly [K in
    | 'openai'
    | 'anthropic'
    | 'google'
    | 'mistral'
    | 'azure_openai']?: LLMProviderConfig;
};

/** The setting of several providers by name. */
export function llmProviders(options: SettingOptions<LLMProviders>): Setting<LLMProviders> {
  const properties: Record<keyof LLMProviderConfig, TSchema> = {
    api_key: optional(secret()),
    base_url: optional(url()),
    organization: optional(string({ minLength: 1 })),
    api_version: optional(string({ minLength: 1 })),
    timeout: optional(duration({ minimum: 1, maximum: 24 * 86_400_000 })),
    max_retries: optional(integer({ minimum: 0, maximum: 20 })),
    models: optional(list()),
  };
  const provider = {
    [TYPEBOX_KIND]: 'Object',
    type: 'object',
    properties,
    additionalProperties: false,
  } as unknown as Setting<LLMProviderConfig>;
  return record(provider, options);
}
