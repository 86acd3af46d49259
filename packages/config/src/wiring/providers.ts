import type { ConnectionManager, HttpOptions, ManagedFetch } from '@map/connections';
import { ConfigurationError, ErrorCode } from '@map/errors';
import { MASK } from '@map/redaction';
import type { LLMProviderConfig, Settings } from '@map/settings';
import { httpOptions } from './connection-options.ts';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** The client options of a model SDK: `new OpenAI(config.provider('openai'))`. */
export interface ProviderOptions {
  /** The key, revealed. */
  readonly apiKey: string;
  /** Root URL of the API, if the settings name one; otherwise each SDK knows its own. */
  readonly baseURL?: string;
  /** Organization or project that requests are billed to, if the settings name one. */
  readonly organization?: string;
  /** A fetch over the connection of the provider, `llm:` and its name. */
  readonly fetch: ManagedFetch;
  /** The fetch repeats by itself, so the SDK must not. */
  readonly maxRetries: 0;
}

/** Settings → connections of model providers, each added on first use. */
export class Providers {
  readonly #settings: Settings;
  readonly #connections: ConnectionManager;
  readonly #added: Set<string> = new Set();

  constructor(settings: Settings, connections: ConnectionManager) {
    this.#settings = settings;
    this.#connections = connections;
  }

  /**
   * Returns the options of a provider's client.
   *
   * @throws BaseError `CONFIG_MISSING_3001` for a provider that is unknown, disabled or has no key.
   */
  options(name: string): ProviderOptions {
    const { api_key, base_url, organization } = this.#find(name);
    if (!api_key?.isSet) {
      throw missing(
        `Provider "${name}" has no key. Set ${envName(name)}_API_KEY or ${keyVariable(name)}.`,
        name,
      );
    }
    const options = {
      apiKey: api_key.reveal(),
      ...(base_url !== undefined && { baseURL: base_url }),
      ...(organization !== undefined && { organization }),
      fetch: this.fetch(name),
      maxRetries: 0,
    } as const;
    // `console.log` of the options does not show the key; copies of them do not have this property.
    return Object.defineProperty(options, INSPECT, { value: () => ({ ...options, apiKey: MASK }) });
  }

  /**
   * Returns the fetch of a provider, which needs no key.
   *
   * @throws BaseError `CONFIG_MISSING_3001` for a provider that is unknown or disabled.
   */
  fetch(name: string): ManagedFetch {
    const config = this.#find(name);
    const connection = `llm:${name}`;
    if (!this.#added.has(name)) {
      this.#connections.addHttp(connection, providerHttp(config, this.#settings));
      this.#added.add(name);
    }
    return this.#connections.getFetch({ name: connection });
  }

  #find(name: string): LLMProviderConfig {
    const all = this.#settings.LLM_PROVIDERS_CONFIG;
    const config = Object.hasOwn(all, name) ? all[name] : undefined;
    if (config === undefined) {
      const names = Object.keys(all);
      const known =
        names.length === 0 ? 'none is configured' : `the configured ones are ${names.join(', ')}`;
      const shown = String(name).slice(0, 100);
      throw missing(
        `Provider "${shown}" is not configured; ${known}. Set ${keyVariable(shown)}.`,
        name,
      );
    }
    if (config.enabled === false) {
      throw missing(
        `Provider "${name}" is disabled. Set LLM_PROVIDERS_CONFIG__${envName(name)}__ENABLED to true.`,
        name,
      );
    }
    return config;
  }
}

/** Settings of a provider → options of its connection. */
export function providerHttp(config: LLMProviderConfig, settings: Settings): HttpOptions {
  const { timeoutMs: _ofOthers, ...common } = httpOptions(settings);
  const { timeout, max_retries, connect_timeout, first_byte_timeout, idle_timeout } = config;
  const { headers, proxy } = config;
  return {
    ...common,
    origin: 'llm',
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(max_retries !== undefined && { retries: max_retries }),
    ...(connect_timeout !== undefined && { connectTimeoutMs: connect_timeout }),
    ...(first_byte_timeout !== undefined && { firstByteTimeoutMs: first_byte_timeout }),
    ...(idle_timeout !== undefined && { idleTimeoutMs: idle_timeout }),
    ...(headers !== undefined && { headers }),
    ...(proxy !== undefined && { proxy }),
  };
}

function missing(message: string, provider: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_MISSING,
    message,
    details: { provider: String(provider).slice(0, 100) },
  });
}

/** The variable that adds a provider by its key. */
function keyVariable(name: string): string {
  return `LLM_PROVIDERS_CONFIG__${envName(name)}__API_KEY`;
}

/** The name of a provider as a part of a variable. */
export function envName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}
