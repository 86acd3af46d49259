import type { BaseError } from './base-error.ts';

/** What `util.inspect` and `console.log` show: the stack and the redacted data, never the cause itself. */
export function inspectError(
  this: BaseError,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const { name, message, ...rest } = this.toJSON();
  return `${this.stack ?? `${name}: ${message}`} ${inspect(rest, options)}`;
}
