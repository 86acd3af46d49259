import { channel } from 'node:diagnostics_channel';

/**
 * Methods of a client that send their name and their arguments, word for word, and give the reply
 * as it comes; by the number of their arguments.
 *
 * The library's own methods wrap each of these in two more promises, a tenth of what it costs.
 */
export const plainCommands: ReadonlyMap<string, number> = new Map([
  ...counted(1, 'get getDel del unlink exists incr decr ttl pTTL type strLen persist'),
  ...counted(1, 'hLen hKeys hVals sCard lLen lPop rPop zCard'),
  ...counted(2, 'set setNX append publish hGet hDel hExists sAdd sRem sIsMember lPush rPush zRem'),
  ...counted(3, 'hSet hSetNX'),
]);

/** Only the library's own methods publish replies here, which its OpenTelemetry metrics read. */
const replies = channel('node-redis:command:reply');

/**
 * Gives a plain command as words.
 *
 * @param operation - Its name as a word: `GET`.
 * @param count - How many arguments make it plain.
 * @param args - The arguments of the call.
 * @returns The words, or undefined when the library's own method must send it.
 */
export function plainWords(
  operation: string,
  count: number,
  args: readonly unknown[],
): string[] | undefined {
  if (args.length !== count || replies.hasSubscribers) return undefined;
  const [first, second, third] = args;
  // Written out, because this runs for every command.
  if (typeof first !== 'string') return undefined;
  if (count === 1) return [operation, first];
  if (typeof second !== 'string') return undefined;
  if (count === 2) return [operation, first, second];
  return typeof third === 'string' ? [operation, first, second, third] : undefined;
}

function counted(count: number, names: string): [string, number][] {
  return names.split(' ').map((name) => [name, count]);
}
