import { createRequire as requireFrom } from 'node:module';
import type { Output } from './output.ts';

/** Prints the version of this package. */
export function runVersion(output: Output): number {
  const manifest = requireFrom(import.meta.url)('@map/config/package.json') as {
    version: string;
  };
  output.print(manifest.version);
  return 0;
}
