import { channel } from 'node:diagnostics_channel';

/**
 * Methods of a client that send their name and arguments verbatim and return the reply unchanged,
 * with their number of arguments.
 *
 * The library's methods wrap each of these in two more promises, a tenth of the cost of a command
 * (`_executeCommand` in `client/index.js` of @redis/client); `sendCommand` does not.
 */
export const plainCommands: ReadonlyMap<string, number> = new Map([
  ...counted(1, 'get getDel del unlink exists incr decr ttl pTTL type strLen persist'),
  ...counted(1, 'hLen hKeys hVals sCard lLen lPop rPop zCard'),
  ...counted(2, 'set setNX append publish hGet hDel hExists sAdd sRem sIsMember lPush rPush zRem'),
  ...counted(3, 'hSet hSetNX'),
]);

/** Only the library's methods publish replies on this channel, which its OpenTelemetry metrics read. */
const replies = channel('node-redis:command:reply');

/**
 * Turns a plain command into words.
 *
 * @param operation - Its name, such as `GET`.
 * @param count - The number of arguments that makes it plain.
 * @param args - The arguments of the call.
 * @returns The words, or undefined if the library's method must send it.
 */
export function plainWords(
  operation: string,
  count: number,
  args: readonly unknown[],
): string[] | undefined {
  if (args.length !== count || replies.hasSubscribers) return undefined;
  const [first, second, third] = args;
  // Not a loop: this runs for every command.
  if (typeof first !== 'string') return undefined;
  if (count === 1) return [operation, first];
  if (typeof second !== 'string') return undefined;
  if (count === 2) return [operation, first, second];
  return typeof third === 'string' ? [operation, first, second, third] : undefined;
}

function counted(count: number, names: string): [string, number][] {
  return names.split(' ').map((name) => [name, count]);
}
