import { readFileSync } from 'node:fs';
import type { Output } from './output.ts';

/** Prints the version of this package. */
export function runVersion(output: Output): number {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  output.print((JSON.parse(manifest) as { version: string }).version);
  return 0;
}
