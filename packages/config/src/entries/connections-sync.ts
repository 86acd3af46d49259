export * from '@map/connections/sync';
