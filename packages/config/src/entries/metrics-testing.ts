export * from '@map/metrics/testing';
