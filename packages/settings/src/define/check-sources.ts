import { checkFlag, checkObject, checkString, optionError } from '@map/errors/kernel';
import { isArray } from '@map/redaction/kernel';
import type { SourceOptions } from '../sources/sources.ts';

/**
 * Checks the options that say where settings are read from.
 *
 * @param of The function that they are given to, for the message.
 * @throws ConfigurationError `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function checkSources(
  of: string,
  options: { readonly [K in keyof SourceOptions]?: unknown },
): void {
  for (const name of ['env', 'overrides'] as const) {
    if (options[name] !== undefined && options[name] !== null) checkObject(name, options[name], of);
  }
  for (const name of ['directory', 'secretsDirectory'] as const) {
    if (options[name] !== undefined) checkString(name, options[name], of);
  }
  checkFlag('ignoreEmpty', options.ignoreEmpty, of);
  const { envFiles } = options;
  if (envFiles === undefined) return;
  if (!isArray(envFiles)) throw optionError('envFiles', 'an array of file names', envFiles, { of });
  for (const [index, file] of envFiles.entries()) checkString(`envFiles[${index}]`, file, of);
}
