export * from '@map/logger/otel';
