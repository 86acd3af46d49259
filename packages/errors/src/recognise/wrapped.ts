import { isNativeError, read } from '@map/redaction/kernel';
import type { Recogniser } from './recognition.ts';

// Sequelize, TypeORM, gaxios, Apollo, Neon, Supabase, and libraries that are older than `cause`.
const KEYS = [
  'original',
  'driverError',
  'networkError',
  'originalError',
  'innerError',
  'sourceError',
  'context',
  'error',
];

/** An error that a library keeps under another name than `cause`. */
export const recogniseWrapped: Recogniser = (error, context) => {
  if (!isNativeError(error) || isNativeError(read(error, 'cause'))) return undefined;
  for (const key of KEYS) {
    const inner = read(error, key);
    const found = isNativeError(inner) && inner !== error ? context.recurse(inner) : undefined;
    if (found !== undefined) return { ...found, message: undefined };
  }
  return undefined;
};
