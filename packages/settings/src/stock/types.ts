import type { Secret } from '@map/redaction';
import type { LLMProviders } from './llm-providers.ts';

/** A deployment environment. */
export type Environment = 'development' | 'test' | 'staging' | 'production';

/** A level of the logger, from most to least output. */
export type LogLevel =
  | 'TRACE'
  | 'DEBUG'
  | 'VERBOSE'
  | 'HTTP'
  | 'INFO'
  | 'WARNING'
  | 'ERROR'
  | 'CRITICAL'
  | 'OFF';

/** The stock variables as they load; times in milliseconds, sizes in bytes. */
export interface StockVariables {
  /** Application name. */
  readonly APP_NAME: string;
  /** Application version. */
  readonly APP_VERSION: string;
  /** Deployment environment. */
  readonly ENVIRONMENT: Environment;
  /** Whether to run with debugging aids. */
  readonly DEBUG: boolean;
  /** Number of parallel workers. */
  readonly WORKER_COUNT: number;
  /** Limit of the whole shutdown, in milliseconds. */
  readonly SHUTDOWN_TIMEOUT: number;

  /** Lowest level that is logged. */
  readonly LOG_LEVEL: LogLevel;
  /** Levels of individual namespaces, by logger name. */
  readonly LOG_LEVELS: Readonly<Record<string, LogLevel>>;
  /** Format of a log line. */
  readonly LOG_FORMAT: 'json' | 'text';
  /** File to log to in addition to the console. */
  readonly LOG_FILE?: string;
  /** Size in bytes at which the log file is rotated. */
  readonly LOG_FILE_MAX_SIZE: number;
  /** Number of rotated log files to keep. */
  readonly LOG_FILE_MAX_FILES: number;
  /** Whether a line names the calling module, function and line. */
  readonly LOG_CALLER: boolean;

  /** Redis connection URL. */
  readonly REDIS_URL: string;
  /** Kind of Redis deployment. */
  readonly REDIS_MODE: 'single' | 'cluster' | 'sentinel';
  /** `host:port` of cluster nodes or sentinels. */
  readonly REDIS_NODES: readonly string[];
  /** Name of the master that the sentinels watch. */
  readonly REDIS_SENTINEL_MASTER: string;
  /** Password of the sentinels. */
  readonly REDIS_SENTINEL_PASSWORD?: Secret;
  /** User name, unless the URL has one. */
  readonly REDIS_USERNAME?: string;
  /** Password, unless the URL has one. */
  readonly REDIS_PASSWORD?: Secret;
  /** Whether to connect with TLS, as a `rediss:` URL does. */
  readonly REDIS_TLS: boolean;
  /** PEM file of the certificate authority. */
  readonly REDIS_TLS_CA_FILE?: string;
  /** PEM file of the client certificate. */
  readonly REDIS_TLS_CERT_FILE?: string;
  /** PEM file of the client's private key. */
  readonly REDIS_TLS_KEY_FILE?: string;
  /** Whether the server's certificate is verified. */
  readonly REDIS_TLS_VERIFY: boolean;
  /** Maximum number of connections in the pool. */
  readonly REDIS_POOL_MAX: number;
  /** Limit for opening a connection, in milliseconds. */
  readonly REDIS_CONNECT_TIMEOUT: number;
  /** Limit for one command, in milliseconds. */
  readonly REDIS_COMMAND_TIMEOUT: number;
  /** Limit for waiting for a free pooled connection, in milliseconds. */
  readonly REDIS_ACQUIRE_TIMEOUT: number;

  /** Limit for a whole HTTP request with its retries, in milliseconds. */
  readonly HTTP_TIMEOUT: number;
  /** Limit for opening an HTTP connection, in milliseconds. */
  readonly HTTP_CONNECT_TIMEOUT: number;
  /** Maximum number of open sockets to one host. */
  readonly HTTP_MAX_CONNECTIONS_PER_HOST: number;
  /** Number of retries of a failed request. */
  readonly HTTP_RETRIES: number;
  /** Longest wait before a retry, in milliseconds. */
  readonly HTTP_RETRY_MAX_DELAY: number;
  /** Proxy for `http:` requests. */
  readonly HTTP_PROXY?: string;
  /** Proxy for `https:` requests. */
  readonly HTTPS_PROXY?: string;
  /** Hosts that are reached without a proxy. */
  readonly NO_PROXY: readonly string[];

  /** Whether metrics are collected. */
  readonly METRICS_ENABLED: boolean;
  /** Port of the scrape server. */
  readonly METRICS_PORT: number;
  /** Address that the scrape server binds to. */
  readonly METRICS_HOST: string;
  /** Prefix of every metric name. */
  readonly METRICS_PREFIX: string;

  /** Models that may be used, in order of preference. */
  readonly ENABLED_MODELS: readonly string[];
  /** Model for callers that do not name one. */
  readonly DEFAULT_MODEL?: string;
  /** Providers by lower-case name; API keys from `{PROVIDER}_API_KEY` are filled in. */
  readonly LLM_PROVIDERS_CONFIG: LLMProviders;
  /** OpenAI API key. */
  readonly OPENAI_API_KEY: Secret;
  /** Anthropic API key. */
  readonly ANTHROPIC_API_KEY: Secret;
  /** Google API key. */
  readonly GOOGLE_API_KEY: Secret;
  /** Mistral API key. */
  readonly MISTRAL_API_KEY: Secret;
  /** Azure OpenAI API key. */
  readonly AZURE_OPENAI_API_KEY: Secret;
}

/** The stock settings: all stock variables, and a set derived from them. */
export interface Settings extends StockVariables {
  /** `ENABLED_MODELS` as a set, for membership tests. */
  readonly ENABLED_MODELS_SET: ReadonlySet<string>;
}
