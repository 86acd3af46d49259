export * from '@map/metrics/openai-agents';
