export * from '@map/metrics/dashboards';
