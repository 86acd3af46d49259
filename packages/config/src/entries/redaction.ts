export * from '@map/redaction';
