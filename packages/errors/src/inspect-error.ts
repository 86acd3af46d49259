import type { BaseError } from './base-error.ts';
import { errorToJSON } from './error-json.ts';
import { maskedStack, originalFrames } from './stack-frames.ts';

/** Shows stack, data and the frames of the cause; never the cause itself, which may hold secrets. */
export function inspectError(
  this: BaseError,
  _depth: number,
  options: object,
  inspect?: (value: unknown, options: object) => string,
): string {
  try {
    const { name, message, ...rest } = errorToJSON(this);
    const head = maskedStack(this) ?? `${name}: ${message}`;
    const data = inspect ? inspect(rest, { ...options, depth: 4 }) : JSON.stringify(rest);
    const frames = originalFrames(this.originalError);
    const cause = frames.length === 0 ? '' : `\n  caused at:\n${frames.join('\n')}`;
    return `${head} ${data}${cause}`;
  } catch {
    return 'BaseError';
  }
}
