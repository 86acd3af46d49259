import type { Secret } from '@map/redaction';
import type { TSchema } from '@sinclair/typebox';
import {
  boolean,
  duration,
  integer,
  list,
  record,
  secret,
  string,
  url,
} from '../schema/builders.ts';
import { optional, type Setting, type SettingOptions, TYPEBOX_KIND } from '../schema/setting.ts';

/** Configuration of one provider of language models. */
export interface LLMProviderConfig {
  /** The key, from the configuration or from `{PROVIDER}_API_KEY`. */
  readonly api_key?: Secret;
  /** Root URL of the provider's API. */
  readonly base_url?: string;
  /** Organization or project that requests are billed to. */
  readonly organization?: string;
  /** API version, for providers that require one in each request. */
  readonly api_version?: string;
  /** Whether the provider may be used; true by default. */
  readonly enabled?: boolean;
  /** Limit for one request with its retries, in milliseconds. */
  readonly timeout?: number;
  /** Limit for opening a socket, in milliseconds. */
  readonly connect_timeout?: number;
  /** Limit for one attempt until the status of the response, in milliseconds. */
  readonly first_byte_timeout?: number;
  /** Longest silence while a response is read, in milliseconds. */
  readonly idle_timeout?: number;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Proxy, instead of `HTTP_PROXY` and `HTTPS_PROXY`. */
  readonly proxy?: string;
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

function limit(): Setting<number> {
  return duration({ minimum: 1, maximum: 24 * 86_400_000 });
}

/** The setting of several providers by name. */
export function llmProviders(options: SettingOptions<LLMProviders>): Setting<LLMProviders> {
  const properties: Record<keyof LLMProviderConfig, TSchema> = {
    api_key: optional(secret()),
    base_url: optional(url()),
    organization: optional(string({ minLength: 1 })),
    api_version: optional(string({ minLength: 1 })),
    enabled: optional(boolean()),
    timeout: optional(limit()),
    connect_timeout: optional(limit()),
    first_byte_timeout: optional(limit()),
    idle_timeout: optional(limit()),
    // A header may carry a key under any name.
    headers: optional(record(string({ secret: true }))),
    proxy: optional(url()),
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
