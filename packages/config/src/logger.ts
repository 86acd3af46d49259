export * from '@map/logger';
