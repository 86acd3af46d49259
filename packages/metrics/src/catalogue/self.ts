/** Metrics of the process and the metrics themselves. */
export const SELF = {
  utilization: {
    name: 'nodejs_eventloop_utilization_ratio',
    type: 'gauge',
    help: 'Share of time that the event loop was busy since the last scrape' as string,
    labels: [],
  },
  heapLimit: {
    name: 'nodejs_heap_size_limit_bytes',
    type: 'gauge',
    help: 'Size of the heap at which Node.js ends the process' as string,
    labels: [],
  },
  memoryLimit: {
    name: 'process_memory_limit_bytes',
    type: 'gauge',
    help: 'Memory that the process may use: the limit of its container, or that of the machine' as string,
    labels: [],
  },
  buildInfo: {
    name: 'map_build_info',
    type: 'gauge',
    help: 'Version of the application and of Node.js, always 1' as string,
    labels: ['version', 'node_version'],
  },
  series: {
    name: 'metrics_series',
    type: 'gauge',
    help: 'Label combinations held in memory' as string,
    labels: [],
  },
  overflow: {
    name: 'metrics_label_overflow_total',
    type: 'counter',
    help: 'Measurements counted under the label value other because a metric had too many series' as string,
    labels: ['metric'],
  },
  rejected: {
    name: 'metrics_rejected_total',
    type: 'counter',
    help: 'Measurements with a wrong value (dropped) or a wrong label (recorded without it)' as string,
    labels: ['metric', 'reason'],
    values: { reason: ['value', 'label', 'collect'] },
  },
  scrapeDuration: {
    name: 'metrics_scrape_duration_seconds',
    type: 'histogram',
    help: 'Duration of a scrape' as string,
    labels: [],
    buckets: 'FAST',
  },
} as const;
