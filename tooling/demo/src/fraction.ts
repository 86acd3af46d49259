import { createHash } from 'node:crypto';

/**
 * Returns a number from 0 up to, not including, 1 that depends on nothing but the seed and the key,
 * so that runs with one seed fail alike in whatever order their requests arrive.
 */
export function fraction(seed: number, key: string): number {
  return createHash('sha256').update(`${seed}:${key}`).digest().readUInt32BE(0) / 2 ** 32;
}
