import { optionError } from '@map/errors/kernel';
import { describeValue } from '@map/redaction/kernel';
import { type CloseCounts, type Connection, sumCounts } from '../core/connection.ts';
import { argumentError, closedError, configError } from '../core/errors.ts';

/** The result of a shutdown. */
export interface CloseReport extends CloseCounts {
  readonly durationMs: number;
  /** The counts by name of the connection. */
  readonly connections: Readonly<Record<string, CloseCounts>>;
}

interface Slot {
  readonly make: () => Connection;
  connection: Connection;
}

/** The named connections of a manager. */
export class Slots {
  readonly #slots: Map<string, Slot> = new Map();
  #closing: Promise<CloseReport> | undefined;

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Adds a connection.
   *
   * @param make - Makes it; called again after it was closed by its name.
   */
  add(name: string, make: () => Connection): void {
    if (this.isClosed) throw closedError(name);
    if (typeof name !== 'string' || name === '') {
      throw optionError('name', 'a non-empty string', name);
    }
    if (this.#slots.has(name)) {
      throw configError(`A connection named "${name}" already exists. Choose another name.`, {
        name,
      });
    }
    this.#slots.set(name, { make, connection: make() });
  }

  find(name: string): Connection {
    return this.#slot(name).connection;
  }

  /** All connections with their names. */
  entries(): [string, Connection][] {
    return [...this.#slots].map(([name, { connection }]) => [name, connection]);
  }

  /** Closes one connection; the next use of its name opens it again. */
  async close(name: string, timeoutMs: number): Promise<CloseCounts> {
    const slot = this.#slot(name);
    const { connection } = slot;
    slot.connection = slot.make();
    return await connection.close(timeoutMs);
  }

  /** Closes all connections, for good. */
  closeAll(timeoutMs: number): Promise<CloseReport> {
    this.#closing ??= this.#closeAll(timeoutMs);
    return this.#closing;
  }

  async #closeAll(timeoutMs: number): Promise<CloseReport> {
    const startedAt = performance.now();
    const closing = this.entries().map(
      async ([name, connection]) => [name, await connection.close(timeoutMs)] as const,
    );
    const connections = Object.fromEntries(await Promise.all(closing));
    const durationMs = performance.now() - startedAt;
    return { ...sumCounts(Object.values(connections)), durationMs, connections };
  }

  #slot(name: string): Slot {
    if (this.isClosed) throw closedError(name);
    const found = this.#slots.get(name);
    if (found !== undefined) return found;
    if (typeof name !== 'string') {
      throw argumentError(`\`name\` must be a string, got ${describeValue(name)}.`);
    }
    const names = [...this.#slots.keys()].join(', ');
    throw argumentError(`There is no connection named "${name}". Use one of ${names}.`, { name });
  }
}
