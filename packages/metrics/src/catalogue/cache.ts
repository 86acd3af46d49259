/** Metrics of caches. */
export const CACHE = {
  hits: {
    name: 'cache_hits_total',
    type: 'counter',
    help: 'Lookups that found an entry' as string,
    labels: ['cache'],
  },
  misses: {
    name: 'cache_misses_total',
    type: 'counter',
    help: 'Lookups that found no entry' as string,
    labels: ['cache'],
  },
  evictions: {
    name: 'cache_evictions_total',
    type: 'counter',
    help: 'Entries removed to make room or by age' as string,
    labels: ['cache', 'reason'],
  },
  entries: {
    name: 'cache_entries',
    type: 'gauge',
    help: 'Entries held in a cache' as string,
    labels: ['cache'],
  },
  size: {
    name: 'cache_size_bytes',
    type: 'gauge',
    help: 'Size of a cache' as string,
    labels: ['cache'],
  },
  duration: {
    name: 'cache_operation_duration_seconds',
    type: 'histogram',
    help: 'Time of one cache operation' as string,
    labels: ['cache', 'operation'],
    buckets: 'CACHE',
  },
} as const;
