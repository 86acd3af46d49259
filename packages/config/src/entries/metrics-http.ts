export * from '@map/metrics/http';
