/** Metrics of HTTP requests of this server. */
export const HTTP = {
  requests: {
    name: 'http_requests_total',
    type: 'counter',
    help: 'HTTP requests handled by this server' as string,
    labels: ['method', 'route', 'status_code'],
  },
  duration: {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from an HTTP request to the end of its response' as string,
    labels: ['method', 'route', 'status_code'],
    buckets: 'HTTP',
  },
  requestSize: {
    name: 'http_request_size_bytes',
    type: 'histogram',
    help: 'Size of HTTP request bodies' as string,
    labels: ['method', 'route'],
    buckets: 'BYTES',
  },
  responseSize: {
    name: 'http_response_size_bytes',
    type: 'histogram',
    help: 'Size of HTTP response bodies' as string,
    labels: ['method', 'route'],
    buckets: 'BYTES',
  },
  inFlight: {
    name: 'http_requests_in_flight',
    type: 'gauge',
    help: 'HTTP requests in flight' as string,
    labels: ['method'],
  },
} as const;
