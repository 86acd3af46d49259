import type { MetricDefinition } from '../instruments/definition.ts';

/** The name of a metric in OpenTelemetry. */
export interface OtelName {
  readonly name: string;
  readonly unit: string;
  /** The attribute of each label; a label without one is omitted. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Words that are different there, by label. */
  readonly words?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Attributes of every series. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** The value of the label `kind` that the convention is about; series of others keep their name. */
  readonly kind?: string;
  /** Whether a gauge counts what there is at the moment, so that processes add up. */
  readonly isSum?: boolean;
}

const MODEL = { provider: 'gen_ai.provider.name', model: 'gen_ai.request.model' };
const HTTP = {
  method: 'http.request.method',
  route: 'http.route',
  status_code: 'http.response.status_code',
};
const POOL = { pool: 'db.client.connection.pool.name' };
const REDIS = { kind: 'redis', fixed: { 'db.system.name': 'redis' } };
/** The conventions have no attribute for success. */
const FAILURE = { status: { success: '' } };

/** Names of the semantic conventions of OpenTelemetry 1.41 and later. */
const CONVENTIONS: Readonly<Record<string, OtelName>> = {
  llm_request_duration_seconds: {
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    attributes: { ...MODEL, operation: 'gen_ai.operation.name', status: 'error.type' },
    words: FAILURE,
  },
  llm_request_tokens: {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    attributes: { ...MODEL, type: 'gen_ai.token.type' },
    words: { type: { prompt: 'input', completion: 'output' } },
  },
  llm_time_to_first_token_seconds: {
    name: 'gen_ai.client.operation.time_to_first_chunk',
    unit: 's',
    attributes: MODEL,
  },
  llm_time_per_output_token_seconds: {
    name: 'gen_ai.client.operation.time_per_output_chunk',
    unit: 's',
    attributes: MODEL,
  },
  http_request_duration_seconds: {
    name: 'http.server.request.duration',
    unit: 's',
    attributes: HTTP,
  },
  http_request_size_bytes: {
    name: 'http.server.request.body.size',
    unit: 'By',
    attributes: HTTP,
  },
  http_response_size_bytes: {
    name: 'http.server.response.body.size',
    unit: 'By',
    attributes: HTTP,
  },
  http_requests_in_flight: {
    name: 'http.server.active_requests',
    unit: '{request}',
    attributes: HTTP,
    isSum: true,
  },
  connection_operation_duration_seconds: {
    ...REDIS,
    name: 'db.client.operation.duration',
    unit: 's',
    attributes: { ...POOL, operation: 'db.operation.name', status: 'error.type' },
    words: FAILURE,
  },
  connection_pool_connections: {
    ...REDIS,
    name: 'db.client.connection.count',
    unit: '{connection}',
    attributes: { ...POOL, state: 'db.client.connection.state' },
    isSum: true,
  },
  connection_pool_max_connections: {
    ...REDIS,
    name: 'db.client.connection.max',
    unit: '{connection}',
    attributes: POOL,
    isSum: true,
  },
  connection_pool_pending_requests: {
    ...REDIS,
    name: 'db.client.connection.pending_requests',
    unit: '{request}',
    attributes: POOL,
    isSum: true,
  },
  connection_pool_timeouts_total: {
    ...REDIS,
    name: 'db.client.connection.timeouts',
    unit: '{timeout}',
    attributes: POOL,
  },
  connection_pool_wait_seconds: {
    ...REDIS,
    name: 'db.client.connection.wait_time',
    unit: 's',
    attributes: POOL,
  },
};

/** The name of a metric in the conventions, if it has one. */
export function conventionOf(name: string): OtelName | undefined {
  return Object.hasOwn(CONVENTIONS, name) ? CONVENTIONS[name] : undefined;
}

/** The name that a metric has here, with a unit from its name. */
export function ownName(
  { name, labels }: Pick<MetricDefinition, 'name' | 'labels'>,
  prefix: string,
): OtelName {
  const bare = name.replace(/_total$/, '');
  let unit = '';
  if (bare.endsWith('_seconds')) unit = 's';
  else if (bare.endsWith('_bytes')) unit = 'By';
  else if (bare.endsWith('_ratio')) unit = '1';
  const attributes = Object.fromEntries(labels.map((label) => [label, label]));
  return { name: prefix + name, unit, attributes };
}
