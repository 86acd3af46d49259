export * from '@map/metrics/langchain';
