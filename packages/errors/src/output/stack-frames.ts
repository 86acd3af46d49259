import { redactText } from '@map/redaction';
import { isNativeError, readString } from '@map/redaction/kernel';

const MAX_FRAMES = 10;
const MAX_STACK = 20_000;
const MAX_HEAD = 2000;
const MAX_SEARCHED = 200;

// Requires a location, which a line of a message that starts the same way does not have.
const FRAME = /^ {4}at .*(?::\d+:\d+|\(index \d+|<anonymous>|native)\)?$/;

/** Returns the frames of a foreign error's stack without the message above them. */
export function originalFrames(error: unknown): readonly string[] {
  return isNativeError(error) ? stackFrames(error) : [];
}

/** Returns the frames of a stack, innermost first. */
export function stackFrames(error: unknown): readonly string[] {
  const stack = readString(error, 'stack');
  if (stack === undefined) return [];
  // The message comes first and may contain lines that look like frames.
  const message = readString(error, 'message') ?? '';
  // The beginning is enough to find it; searching for all of a long message can take seconds.
  const start = stack.slice(0, MAX_HEAD).indexOf(message.slice(0, MAX_SEARCHED));
  const rest = stack.slice(start < 0 ? 0 : start + message.length).slice(0, 20_000);
  return rest
    .split('\n')
    .filter((line) => line.length <= 400 && FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => redactText(line, { limit: 400 }));
}

/** Returns the whole stack of a coded error without secrets. */
export function redactedStack(error: Error): string | undefined {
  const stack = readString(error, 'stack');
  return stack === undefined ? undefined : redactText(stack, { limit: MAX_STACK });
}
