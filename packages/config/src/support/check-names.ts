import { ConfigurationError, ErrorCode } from '@map/errors';
import { unknownOption } from '@map/redaction/kernel';

/**
 * Checks that options have no unknown names, which would have no effect.
 *
 * @param of What they belong to, for the message, such as `runTask()`.
 * @param options What was given; nothing is allowed.
 * @param known The names that exist.
 * @throws `CONFIG_INVALID_3002` naming the option and, if it can be guessed, the one that was meant.
 */
export function checkNames(
  of: string,
  options: object | undefined,
  known: ReadonlySet<string>,
): void {
  const unknown = unknownOption(of, options ?? {}, known);
  if (unknown === undefined) return;
  const { message, option } = unknown;
  throw new ConfigurationError({ code: ErrorCode.CONFIG_INVALID, message, details: { option } });
}
