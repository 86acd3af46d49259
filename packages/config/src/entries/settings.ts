export * from '@map/settings';
