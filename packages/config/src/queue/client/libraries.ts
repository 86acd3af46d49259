import { ConfigurationError, ErrorCode } from '@map/errors';

/** BullMQ, loaded. */
export type Bullmq = typeof import('bullmq');
/** ioredis, loaded. */
export type Ioredis = Pick<
  typeof import('ioredis'),
  'Redis' | 'Cluster' | 'AbstractConnector' | 'SentinelConnector'
>;

/**
 * Loads a library that only users of a queue install.
 *
 * @throws `CONFIG_MISSING_3001` with the command that installs it.
 */
async function load<M>(name: string, importing: () => Promise<M>): Promise<M> {
  try {
    return await importing();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_MISSING,
      message: `A task queue needs the package ${name}. Install it: npm install bullmq ioredis.`,
      details: { package: name },
      originalError: error,
    });
  }
}

/** Loads BullMQ. */
export function loadBullmq(): Promise<Bullmq> {
  return load('bullmq', () => import('bullmq'));
}

/** Loads ioredis, the driver that BullMQ uses for clusters and sentinels too. */
export function loadIoredis(): Promise<Ioredis> {
  return load('ioredis', () => import('ioredis'));
}
