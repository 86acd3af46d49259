export * from '@map/metrics/prices';
