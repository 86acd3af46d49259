// Transactions that bring the scripts they run.
//
// ioredis remembers which scripts a connection has sent, and sends only their hashes from then on. A
// server may lose scripts while the connection stays: after SCRIPT FLUSH, when Redis 7.4 evicts them, or
// behind a proxy that turns to another server. ioredis repeats a single command then. In a transaction
// the other commands run without it, and every later transaction fails in the same way.

import { createHash } from 'node:crypto';

/** The definition of a command that runs a script, as ioredis takes it. */
export interface ScriptDefinition {
  readonly lua: string;
  readonly numberOfKeys?: number;
}

/** The members of a transaction of ioredis that are used or replaced. */
export interface Transaction {
  eval(lua: string, keys: number, args: unknown): unknown;
  evalsha(sha: string, keys: number, args: unknown): unknown;
  exec(...given: unknown[]): Promise<readonly (readonly [Error | null, unknown])[] | null>;
}

/** The scripts of a client. */
export class Scripts {
  readonly #scripts = new Map<string, Required<ScriptDefinition> & { readonly sha: string }>();

  /** Remembers a script by the name of its command. */
  add(name: string, { lua, numberOfKeys = 0 }: ScriptDefinition): void {
    const sha = createHash('sha1').update(lua).digest('hex');
    this.#scripts.set(name, { lua, numberOfKeys, sha });
  }

  /**
   * Has a transaction send each script with its first use, and reject if one of its commands fails.
   *
   * @param transaction A transaction of ioredis, still empty.
   * @returns The transaction.
   */
  bringTo<T extends Transaction>(transaction: T): T {
    const sent = new Set<string>();
    const commands = transaction as unknown as Record<string, (args: unknown) => unknown>;
    for (const [name, { lua, numberOfKeys, sha }] of this.#scripts) {
      commands[name] = (args) => {
        if (sent.has(sha)) return transaction.evalsha(sha, numberOfKeys, args);
        sent.add(sha);
        return transaction.eval(lua, numberOfKeys, args);
      };
    }
    const exec = transaction.exec.bind(transaction);
    let isFirst = true;
    transaction.exec = (...given) => {
      const reply = exec(...given);
      // A cluster repeats it, and nobody waits for that.
      if (!isFirst) return reply;
      isFirst = false;
      return reply.then(withoutError);
    };
    return transaction;
  }
}

/** BullMQ ignores errors of the commands inside a transaction. */
function withoutError<R extends readonly (readonly [Error | null, unknown])[] | null>(
  replies: R,
): R {
  for (const [error] of replies ?? []) if (error !== null) throw error;
  return replies;
}
