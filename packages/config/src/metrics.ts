export * from '@map/metrics';
