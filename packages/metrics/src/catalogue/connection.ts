/** Metrics of connection pools. */
export const CONNECTION = {
  connections: {
    name: 'connection_pool_connections',
    type: 'gauge',
    help: 'Connections of a pool, by state' as string,
    labels: ['pool', 'kind', 'state'],
  },
  maxConnections: {
    name: 'connection_pool_max_connections',
    type: 'gauge',
    help: 'Largest number of connections of a pool' as string,
    labels: ['pool', 'kind'],
  },
  pending: {
    name: 'connection_pool_pending_requests',
    type: 'gauge',
    help: 'Callers waiting for a connection' as string,
    labels: ['pool', 'kind'],
  },
  created: {
    name: 'connection_pool_created_connections_total',
    type: 'counter',
    help: 'Connections opened by a pool' as string,
    labels: ['pool', 'kind'],
  },
  timeouts: {
    name: 'connection_pool_timeouts_total',
    type: 'counter',
    help: 'Callers that did not get a connection in time' as string,
    labels: ['pool', 'kind'],
  },
  wait: {
    name: 'connection_pool_wait_seconds',
    type: 'histogram',
    help: 'Time a caller waits for a connection' as string,
    labels: ['pool', 'kind'],
    buckets: 'FAST',
  },
  duration: {
    name: 'connection_operation_duration_seconds',
    type: 'histogram',
    help: 'Time of one operation on a connection' as string,
    labels: ['pool', 'kind', 'operation', 'status'],
    buckets: 'FAST',
    errors: 'errors',
  },
  errors: {
    name: 'connection_pool_errors_total',
    type: 'counter',
    help: 'Failed operations and connections of a pool' as string,
    labels: ['pool', 'kind', 'error_type'],
  },
  circuit: {
    name: 'connection_circuit_state',
    type: 'gauge',
    help: 'Circuit breaker of an origin server: 0 closed, 1 half-open, 2 open' as string,
    labels: ['pool', 'kind', 'server'],
  },
} as const;
