export * from '@map/metrics/workers';
