/** Metrics of the process and the metrics themselves. */
export const SELF = {
  utilization: {
    name: 'nodejs_eventloop_utilization_ratio',
    type: 'gauge',
    help: 'Share of time the event loop is busy since the scrape before',
    labels: [],
  },
  buildInfo: {
    name: 'map_build_info',
    type: 'gauge',
    help: 'Version of the application and of Node.js, always 1',
    labels: ['version', 'node_version'],
  },
  series: {
    name: 'metrics_series',
    type: 'gauge',
    help: 'Label combinations held in memory',
    labels: [],
  },
  overflow: {
    name: 'metrics_label_overflow_total',
    type: 'counter',
    help: 'Measurements kept under the label value other, as a metric had too many series',
    labels: ['metric'],
  },
  rejected: {
    name: 'metrics_rejected_total',
    type: 'counter',
    help: 'Measurements with a wrong value (dropped) or a wrong label (kept without it)',
    labels: ['metric', 'reason'],
    values: { reason: ['value', 'label', 'collect'] },
  },
  scrapeDuration: {
    name: 'metrics_scrape_duration_seconds',
    type: 'histogram',
    help: 'Time to answer a scrape',
    labels: [],
    buckets: 'FAST',
  },
} as const;
