export * from '@map/errors';
