import { maskSecrets } from './redact.ts';
import { isNativeError, readString } from './safe.ts';

const MAX_FRAMES = 10;
const MAX_STACK = 20_000;
const MAX_HEAD = 2000;
const MAX_SEARCHED = 200;

// A place in the code, which a line of a message that begins the same way does not name.
const FRAME = /^ {4}at .*(?::\d+:\d+|\(index \d+|<anonymous>|native)\)?$/;

/** Gives the frames of a foreign error's stack, never the message above them. */
export function originalFrames(error: unknown): readonly string[] {
  return isNativeError(error) ? stackFrames(error) : [];
}

/** Gives the frames of a stack, innermost first. */
export function stackFrames(error: unknown): readonly string[] {
  const stack = readString(error, 'stack');
  if (stack === undefined) return [];
  // The message comes first and may hold lines that look like frames.
  const message = readString(error, 'message') ?? '';
  // Its beginning is enough to find it; a search for all of a long one can take seconds.
  const start = stack.slice(0, MAX_HEAD).indexOf(message.slice(0, MAX_SEARCHED));
  const rest = stack.slice(start < 0 ? 0 : start + message.length).slice(0, 20_000);
  return rest
    .split('\n')
    .filter((line) => line.length <= 400 && FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => maskSecrets(line, 400));
}

/** Gives the whole stack of an own error, whose message may repeat what a foreign one said. */
export function maskedStack(error: Error): string | undefined {
  const stack = readString(error, 'stack');
  return stack === undefined ? undefined : maskSecrets(stack, MAX_STACK);
}
