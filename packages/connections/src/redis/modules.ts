import { optionError } from '@map/errors/kernel';
import { read } from '@map/redaction/kernel';
import type { RedisModules } from '@redis/client';
import { checkType } from '../core/check-options.ts';

type Commands = RedisModules[string];

/**
 * The commands of modules of Redis by the name of the client's member, such as `{ json }` of
 * `@redis/json`. Node gives the commands of such a CommonJS package under `default`; bundlers and
 * test runners give them as the package itself.
 */
export type ModuleOptions = Readonly<Record<string, Commands | { readonly default: Commands }>>;

/**
 * Checks modules among the options of a connection.
 *
 * @param where - The connection, for the message.
 * @throws BaseError `CONFIG_INVALID_3002` for one that has anything but commands.
 */
export function checkModules(where: string, modules: ModuleOptions | undefined): void {
  checkType(where, 'modules', modules, isObject, 'an object of modules');
  for (const [name, given] of Object.entries(modules ?? {})) {
    if (isModule(given) || isModule(read(given, 'default'))) continue;
    throw optionError(`modules.${name}`, 'the commands of a module', given, { of: where });
  }
}

/** Modules as node-redis takes them. */
export function commandsOf(modules: ModuleOptions | undefined): RedisModules | undefined {
  const entries = Object.entries(modules ?? {}).map(([name, given]) => [
    name,
    isModule(given) ? given : given['default'],
  ]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isModule(value: unknown): value is Commands {
  if (!isObject(value)) return false;
  const commands = Object.values(value as object);
  return (
    commands.length > 0 &&
    commands.every((command) => typeof read(command, 'parseCommand') === 'function')
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
