import type { TOptional, TSchema } from '@sinclair/typebox';
import {
  boolean,
  byteSize,
  duration,
  integer,
  list,
  oneOf,
  path,
  port,
  record,
  secret,
  string,
  url,
} from '../schema/builders.ts';
import type { Setting } from '../schema/setting.ts';
import { optional } from '../schema/setting.ts';
import { llmProviders } from './llm-providers.ts';
import type { LogLevel, StockVariables } from './types.ts';

/** The schemas of the stock variables, by name. */
export type StockProperties = {
  readonly [K in keyof StockVariables]-?: undefined extends StockVariables[K]
    ? TOptional<Setting<Exclude<StockVariables[K], undefined>>>
    : Setting<StockVariables[K]>;
};

// A timer of more than 2^31 ms, which is 24.8 days, fires at once.
const MAX_TIMER = 24 * 86_400_000;

const LEVELS: readonly LogLevel[] = [
  'TRACE',
  'DEBUG',
  'VERBOSE',
  'HTTP',
  'INFO',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'OFF',
];

// The names that the logger takes besides its own: those of npm, syslog, pino and Python.
const spellings: Readonly<Record<string, LogLevel>> = {
  SILLY: 'TRACE',
  NOTSET: 'TRACE',
  NOTICE: 'INFO',
  WARN: 'WARNING',
  CRIT: 'CRITICAL',
  ALERT: 'CRITICAL',
  EMERG: 'CRITICAL',
  FATAL: 'CRITICAL',
  SILENT: 'OFF',
};

// Names and numbers of other loggers; the numbers are those of Python.
const nearMisses: Readonly<Record<string, LogLevel>> = {
  ALL: 'TRACE',
  FINE: 'DEBUG',
  LOG: 'INFO',
  SEVERE: 'ERROR',
  PANIC: 'CRITICAL',
  NONE: 'OFF',
  QUIET: 'OFF',
  DISABLED: 'OFF',
  FALSE: 'OFF',
  10: 'DEBUG',
  20: 'INFO',
  30: 'WARNING',
  40: 'ERROR',
  50: 'CRITICAL',
};

/** The schemas of the stock variables: TypeBox properties to pick from and to extend. */
export const stockProperties: StockProperties = {
  ...grouped('Application', {
    APP_NAME: string({
      description: 'Application name.',
      default: 'MultiAgentPlatform',
      example: 'MultiAgentPlatform',
      minLength: 1,
    }),
    APP_VERSION: string({
      description: 'Application version.',
      default: '0.1.0',
      example: '1.4.2',
      minLength: 1,
    }),
    ENVIRONMENT: oneOf(['development', 'test', 'staging', 'production'], {
      description:
        'Deployment environment; selects the .env files and the requirements. Without it, NODE_ENV counts.',
      default: 'development',
      example: 'production',
      nearMisses: {
        prod: 'production',
        live: 'production',
        dev: 'development',
        local: 'development',
        testing: 'test',
        ci: 'test',
        stage: 'staging',
        preprod: 'staging',
        preproduction: 'staging',
        uat: 'staging',
        qa: 'staging',
        sandbox: 'staging',
      },
    }),
    DEBUG: boolean({
      description: 'Whether to run with debugging aids.',
      default: false,
      example: 'true',
    }),
    WORKER_COUNT: integer({
      description: 'Number of parallel workers.',
      default: 4,
      example: '8',
      minimum: 1,
      maximum: 1024,
    }),
    SHUTDOWN_TIMEOUT: duration({
      description: 'Limit of the whole shutdown; below the 30 s that Kubernetes grants by default.',
      default: 25_000,
      example: '25s',
      maximum: 3_600_000,
    }),
  }),
  ...grouped('Logging', {
    LOG_LEVEL: oneOf(LEVELS, {
      description: 'Lowest level that is logged.',
      default: 'INFO',
      example: 'DEBUG',
      spellings,
      nearMisses,
    }),
    LOG_LEVELS: record(oneOf(LEVELS, { spellings, nearMisses }), {
      description: 'Levels of individual namespaces, by logger name.',
      default: {},
      example: 'map.redis=DEBUG,map.http=WARNING',
    }),
    LOG_FORMAT: oneOf(['json', 'text'], {
      description: 'Format of a log line.',
      default: 'json',
      example: 'text',
      nearMisses: {
        structured: 'json',
        ndjson: 'json',
        pretty: 'text',
        plain: 'text',
        console: 'text',
        human: 'text',
        simple: 'text',
      },
    }),
    LOG_FILE: optional(
      path({
        description: 'File to log to in addition to the console.',
        example: '/var/log/map/app.log',
      }),
    ),
    LOG_FILE_MAX_SIZE: byteSize({
      description: 'Size at which the log file is rotated.',
      default: 10_000_000,
      example: '10MB',
      minimum: 1024,
    }),
    LOG_FILE_MAX_FILES: integer({
      description: 'Number of rotated log files to keep.',
      default: 5,
      example: '10',
      minimum: 1,
      maximum: 1000,
    }),
    LOG_CALLER: boolean({
      description: 'Whether a line names the calling module, function and line.',
      default: true,
      example: 'false',
    }),
  }),
  ...grouped('Redis', {
    REDIS_URL: url({
      description: 'Redis connection URL.',
      default: 'redis://localhost:6379/0',
      example: 'rediss://cache.example.com:6380/0',
      schemes: ['redis', 'rediss', 'valkey', 'valkeys', 'unix'],
    }),
    REDIS_MODE: oneOf(['single', 'cluster', 'sentinel'], {
      description: 'Kind of Redis deployment.',
      default: 'single',
      example: 'cluster',
      nearMisses: { standalone: 'single', replica: 'sentinel', failover: 'sentinel' },
    }),
    REDIS_NODES: list(string({ pattern: '^[^\\s,]+:(?!0+$)\\d{1,5}$' }), {
      description: 'Addresses of the cluster nodes or of the sentinels, as host:port.',
      default: [],
      example: 'redis-1:6379,redis-2:6379',
    }),
    REDIS_SENTINEL_MASTER: string({
      description: 'Name of the master that the sentinels monitor.',
      default: 'mymaster',
      example: 'mymaster',
      minLength: 1,
    }),
    REDIS_SENTINEL_PASSWORD: optional(
      secret({ description: 'Password of the sentinels.', example: 'change-me' }),
    ),
    REDIS_USERNAME: optional(
      string({ description: 'User name, unless the URL has one.', example: 'map', minLength: 1 }),
    ),
    REDIS_PASSWORD: optional(
      secret({ description: 'Password, unless the URL has one.', example: 'change-me' }),
    ),
    REDIS_TLS: boolean({
      description: 'Whether to connect with TLS, as a rediss URL does.',
      default: false,
      example: 'true',
    }),
    REDIS_TLS_CA_FILE: optional(
      path({ description: 'PEM file of the certificate authority.', example: '/etc/tls/ca.pem' }),
    ),
    REDIS_TLS_CERT_FILE: optional(
      path({ description: 'PEM file of the client certificate.', example: '/etc/tls/client.pem' }),
    ),
    REDIS_TLS_KEY_FILE: optional(
      path({
        description: "PEM file of the client's private key.",
        example: '/etc/tls/client.key',
      }),
    ),
    REDIS_TLS_VERIFY: boolean({
      description: "Whether the server's certificate is verified.",
      default: true,
      example: 'true',
    }),
    REDIS_POOL_MAX: integer({
      description: 'Maximum number of connections in the pool.',
      default: 10,
      example: '20',
      minimum: 1,
      maximum: 10_000,
    }),
    REDIS_CONNECT_TIMEOUT: duration({
      description: 'Limit for opening a connection.',
      default: 5000,
      example: '5s',
      minimum: 1,
      maximum: MAX_TIMER,
    }),
    REDIS_COMMAND_TIMEOUT: duration({
      description: 'Limit for one command.',
      default: 5000,
      example: '500ms',
      minimum: 1,
      maximum: MAX_TIMER,
    }),
    REDIS_ACQUIRE_TIMEOUT: duration({
      description: 'Limit for waiting for a free pooled connection.',
      default: 5000,
      example: '2s',
      minimum: 1,
      maximum: MAX_TIMER,
    }),
  }),
  ...grouped('HTTP client', {
    HTTP_TIMEOUT: duration({
      description: 'Limit for a whole request including its retries.',
      default: 30_000,
      example: '30s',
      minimum: 1,
      maximum: MAX_TIMER,
    }),
    HTTP_CONNECT_TIMEOUT: duration({
      description: 'Limit for opening a connection.',
      default: 5000,
      example: '5s',
      minimum: 1,
      maximum: MAX_TIMER,
    }),
    HTTP_MAX_CONNECTIONS_PER_HOST: integer({
      description: 'Maximum number of open sockets to one host.',
      default: 20,
      example: '50',
      minimum: 1,
    }),
    HTTP_RETRIES: integer({
      description: 'Number of retries of a failed request.',
      default: 2,
      example: '3',
      minimum: 0,
      maximum: 20,
    }),
    HTTP_RETRY_MAX_DELAY: duration({
      description: 'Longest wait before a retry.',
      default: 10_000,
      example: '10s',
      maximum: MAX_TIMER,
    }),
    HTTP_PROXY: optional(
      url({
        description: 'Proxy for http requests.',
        example: 'http://proxy.example.com:3128',
        defaultScheme: 'http',
      }),
    ),
    HTTPS_PROXY: optional(
      url({
        description: 'Proxy for https requests.',
        example: 'http://proxy.example.com:3128',
        defaultScheme: 'http',
      }),
    ),
    NO_PROXY: list(string({ minLength: 1 }), {
      description: 'Hosts that are reached without a proxy.',
      default: [],
      example: 'localhost,.internal',
    }),
  }),
  ...grouped('Metrics', {
    METRICS_ENABLED: boolean({
      description: 'Whether metrics are collected.',
      default: true,
      example: 'true',
    }),
    METRICS_PORT: port({
      description: 'Port of the scrape server; 0 takes any free port.',
      default: 9090,
      example: '9464',
    }),
    METRICS_HOST: string({
      description: 'Address that the scrape server binds to.',
      default: '127.0.0.1',
      example: '0.0.0.0',
      minLength: 1,
    }),
    METRICS_PREFIX: string({
      description: 'Prefix of every metric name.',
      default: '',
      example: 'map_',
      pattern: '^([a-zA-Z_][a-zA-Z0-9_]*)?$',
    }),
  }),
  ...grouped('Models', {
    ENABLED_MODELS: list(string({ minLength: 1 }), {
      description: 'Models that may be used, in order of preference.',
      default: [],
      example: 'gpt-4,claude-3-opus',
      uniqueItems: true,
    }),
    DEFAULT_MODEL: optional(
      string({
        description: 'Model for callers that do not name one.',
        example: 'gpt-4',
        minLength: 1,
      }),
    ),
    LLM_PROVIDERS_CONFIG: llmProviders({
      description:
        'Providers by name, as JSON or in parts such as LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL.',
      default: {},
      example: '{"openai":{"base_url":"https://api.openai.com/v1","timeout":"60s"}}',
    }),
    OPENAI_API_KEY: apiKey('OpenAI'),
    ANTHROPIC_API_KEY: apiKey('Anthropic'),
    GOOGLE_API_KEY: apiKey('Google'),
    MISTRAL_API_KEY: apiKey('Mistral'),
    AZURE_OPENAI_API_KEY: apiKey('Azure OpenAI'),
  }),
};

function apiKey(provider: string): StockProperties['OPENAI_API_KEY'] {
  return secret({ description: `${provider} API key.`, default: '', example: 'change-me' });
}

function grouped<P extends Record<string, TSchema>>(group: string, properties: P): P {
  for (const schema of Object.values(properties)) {
    schema['x-setting'] = { ...schema['x-setting'], group };
  }
  return properties;
}
