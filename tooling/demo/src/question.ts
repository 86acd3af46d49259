import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Ask } from './redis-source.ts';

/**
 * Asks questions at a terminal; only `y` or `yes` agrees.
 *
 * @param signal - its reason is thrown where a question ends early
 * @returns nothing where there is no terminal
 */
export function askOn(
  input: ReadStream,
  output: WriteStream,
  signal: AbortSignal,
): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question) => {
    const lines = createInterface({ input, output });
    // The terminal is in raw mode, where Ctrl-C is a key like any other.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      const answer = await Promise.race([lines.question(question, { signal }), ended]);
      return /^y(es)?$/i.test(answer.trim());
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      lines.close();
    }
  };
}
