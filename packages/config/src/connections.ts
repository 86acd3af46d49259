export * from '@map/connections';
