export * from '@map/lifecycle';
