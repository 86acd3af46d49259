import { ConfigurationError, ErrorCode } from '@map/errors/core';
import { unknownOption } from '@map/redaction/kernel';

/**
 * Checks that options have no unknown names: a misspelt one would loosen a setting silently.
 *
 * @param of What they belong to, for the message, such as `defineSettings()`.
 * @throws ConfigurationError `CONFIG_INVALID_3002` naming the option.
 */
export function checkNames(of: string, options: object, known: ReadonlySet<string>): void {
  const unknown = unknownOption(of, options, known);
  if (unknown === undefined) return;
  const { message, option } = unknown;
  throw new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message, details: { option } });
}
