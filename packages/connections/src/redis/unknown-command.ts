import { argumentError } from '../core/errors.ts';
import { moduleNamespaces } from './route.ts';

/**
 * Makes the error for a command that a client does not have.
 *
 * @param pool - Name of the connection.
 * @param path - Leads to the command, as in `json.set`.
 */
export function unknownCommandError(pool: string, path: readonly string[]): Error {
  const [first = '', second] = path;
  const operation = path.join('.');
  const remedy =
    second !== undefined && moduleNamespaces.has(first)
      ? ` Give the connection its module, as in \`modules: { ${first} }\`.`
      : '';
  const message = `The client of connection "${pool}" has no command "${operation}".${remedy}`;
  return argumentError(message, { pool, operation });
}
