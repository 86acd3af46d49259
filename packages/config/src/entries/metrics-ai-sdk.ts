export * from '@map/metrics/ai-sdk';
