export * from '@map/metrics/llm';
