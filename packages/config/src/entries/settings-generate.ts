export * from '@map/settings/generate';
