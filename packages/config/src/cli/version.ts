import { createRequire } from 'node:module';
import type { Output } from './output.ts';

/** Prints the version of this package. */
export function runVersion(output: Output): number {
  const manifest = createRequire(import.meta.url)('@map/config/package.json') as {
    version: string;
  };
  output.print(manifest.version);
  return 0;
}
