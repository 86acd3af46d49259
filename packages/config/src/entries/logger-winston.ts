export * from '@map/logger/winston';
