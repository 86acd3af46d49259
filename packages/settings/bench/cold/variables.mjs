// The same forty variables for every library: name, kind, what the environment has.
const texts = [
  'APP_NAME',
  'APP_VERSION',
  'REDIS_USERNAME',
  'REDIS_SENTINEL_MASTER',
  'METRICS_HOST',
  'LABEL',
  'DEFAULT_MODEL',
  'REGION',
  'ZONE',
  'TEAM',
  'QUEUE',
  'BUCKET',
  'TOPIC',
  'TENANT',
];
const integers = [
  'WORKER_COUNT',
  'LOG_FILE_MAX_FILES',
  'REDIS_POOL_MIN',
  'REDIS_POOL_MAX',
  'HTTP_MAX_CONNECTIONS',
  'HTTP_RETRIES',
  'BATCH_SIZE',
  'MAX_STEPS',
  'MAX_TOKENS',
  'CACHE_ITEMS',
];
const booleans = [
  'DEBUG',
  'LOG_CALLER',
  'REDIS_TLS',
  'REDIS_TLS_VERIFY',
  'METRICS_ENABLED',
  'TRACING',
];
const choices = ['ENVIRONMENT', 'LOG_LEVEL', 'LOG_FORMAT', 'REDIS_MODE'];
const ports = ['PORT', 'METRICS_PORT', 'ADMIN_PORT'];
const urls = ['API_URL', 'AUTH_URL', 'DOCS_URL'];

/** The allowed values of each choice. */
export const CHOICES = {
  ENVIRONMENT: ['development', 'test', 'staging', 'production'],
  LOG_LEVEL: ['DEBUG', 'INFO', 'WARNING', 'ERROR'],
  LOG_FORMAT: ['json', 'text'],
  REDIS_MODE: ['single', 'cluster', 'sentinel'],
};

const groups = [
  ['text', texts, 'some-text'],
  ['integer', integers, '8'],
  ['boolean', booleans, 'true'],
  ['choice', choices, undefined],
  ['port', ports, '8080'],
  ['url', urls, 'https://service.example.com/v1'],
];

/** `[name, kind, text]` of each variable. */
export const VARIABLES = groups.flatMap(([kind, names, text]) =>
  names.map((name) => [name, kind, text ?? CHOICES[name][0]]),
);

/** The environment that holds them all. */
export const ENVIRONMENT = Object.fromEntries(VARIABLES.map(([name, , text]) => [name, text]));

/** A schema by name, from a function for each kind. */
export function schemaOf(kinds) {
  return Object.fromEntries(
    VARIABLES.map(([name, kind]) => [name, kinds[kind](CHOICES[name], name)]),
  );
}
