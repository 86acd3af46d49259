import type { ErrorShape } from '../shape/error-shape.ts';
import { errorToJSON } from './json.ts';
import { originalFrames, redactedStack } from './stack-frames.ts';

/**
 * Renders an error for `util.inspect`: its stack, its data and the frames of the cause. The cause
 * itself is left out, because it may contain secrets.
 */
export function inspectError(
  this: ErrorShape,
  _depth: number,
  options: object,
  inspect?: (value: unknown, options: object) => string,
): string {
  try {
    const { name, message, ...rest } = errorToJSON(this);
    const head = redactedStack(this) ?? `${name}: ${message}`;
    const data = inspect ? inspect(rest, { ...options, depth: 4 }) : JSON.stringify(rest);
    const frames = originalFrames(this.originalError);
    const cause = frames.length === 0 ? '' : `\n  caused at:\n${frames.join('\n')}`;
    return `${head} ${data}${cause}`;
  } catch {
    return 'BaseError';
  }
}
