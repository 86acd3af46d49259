// The commands by which a connection introduces itself.
//
// node-redis sends HELLO 3, which some servers and proxies refuse, and CLIENT SETINFO and CLIENT
// MAINT_NOTIFICATIONS, whose refusal it ignores. A proxy such as twemproxy knows none of them and closes
// the connection (https://github.com/twitter/twemproxy/blob/master/notes/redis.md). So does a server that
// restarts. Therefore a connection without these commands is used only if one with them is closed
// again while it is open.

import { readString } from '@map/redaction/kernel';
import type { RedisClientOptions } from '@redis/client';

/** How a connection introduces itself. */
export interface Handshake {
  /** The protocol version; 3 if undefined. */
  readonly RESP?: 2 | 3 | undefined;
  /** Whether it sends nothing that it can do without. */
  readonly isPlain?: true;
}

/** The options of node-redis for a handshake, besides the protocol version. */
export function handshakeOptions({
  isPlain,
}: Handshake): Pick<RedisClientOptions, 'disableClientInfo' | 'maintNotifications'> {
  return isPlain ? { disableClientInfo: true, maintNotifications: 'disabled' } : {};
}

/** Opens connections to one server, with the handshake that it understands. */
export class Handshakes {
  readonly #usual: Handshake;
  readonly #needed: readonly string[];
  #known: Handshake | undefined;

  /**
   * @param RESP The version that the user has chosen, if any.
   * @param needed The commands that every handshake has, for the error.
   */
  constructor(RESP: 2 | 3 | undefined, needed: readonly string[]) {
    this.#usual = { RESP };
    this.#needed = needed;
  }

  /**
   * Opens a connection.
   *
   * @param attempt Opens one with the given handshake.
   * @param destroy Closes one that is not needed.
   */
  async open<T>(
    attempt: (handshake: Handshake) => Promise<T>,
    destroy: (opened: T) => void,
    signal: AbortSignal,
  ): Promise<T> {
    const usual = this.#usual;
    try {
      const opened = await attempt(this.#known ?? usual);
      this.#known ??= usual;
      return opened;
    } catch (error) {
      if (this.#known !== undefined || signal.aborted) throw error;
      if (usual.RESP === undefined && isWithoutHello(error)) {
        const second = { RESP: 2 } as const;
        const opened = await attempt(second);
        this.#known = second;
        return opened;
      }
      if (!isClosed(error)) throw error;
      return await this.#openPlain(attempt, destroy, error);
    }
  }

  async #openPlain<T>(
    attempt: (handshake: Handshake) => Promise<T>,
    destroy: (opened: T) => void,
    error: unknown,
  ): Promise<T> {
    const plain: Handshake = { RESP: this.#usual.RESP ?? 2, isPlain: true };
    const opened = await attempt(plain).catch((second: unknown) => {
      throw isClosed(second) ? closedError(this.#needed, second) : second;
    });
    try {
      const usual = await attempt(this.#usual);
      destroy(opened);
      this.#known = this.#usual;
      return usual;
    } catch (again) {
      // Otherwise the next connection tries both again.
      if (isClosed(again) && isClosed(error)) this.#known = plain;
      return opened;
    }
  }
}

/** Whether the connection was closed without a reply. */
function isClosed(error: unknown): boolean {
  const code = readString(error, 'code') ?? '';
  const message = readString(error, 'message') ?? '';
  return /^(?:ECONNRESET|EPIPE)$/.test(code) || message === 'Socket closed unexpectedly';
}

function closedError(needed: readonly string[], cause: unknown): Error {
  const message = `The socket was closed during the handshake. A port that expects TLS needs rediss://. If a proxy did that, it refuses one of ${needed.join(', ')}.`;
  return Object.assign(new Error(message, { cause }), { code: 'ECONNRESET' });
}

/**
 * Whether a server, or a proxy before it, may know protocol version 2 only. Each words its refusal in
 * its own way (`ERR command 'HELLO' is not allowed`, Envoy's `unsupported command 'hello'`), so any
 * error without a code counts, unless version 2 would end in the same one.
 */
function isWithoutHello(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  if (/^(?:NOPROTO|un(?:known|supported) command)\b/i.test(message)) return true;
  if (message.startsWith('NOPERM')) return /\bhello\b/i.test(message);
  return /^ERR (?!AUTH|Client sent AUTH|invalid password|(?:invalid )?DB index|max number)/i.test(
    message,
  );
}
