export * from '@map/metrics/otel';
