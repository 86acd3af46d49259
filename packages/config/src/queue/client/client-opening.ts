// What an attempt to connect needs: its wait, its password, and that it is made once at a time.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisOptions } from '@map/connections';
import { fullJitter } from '@map/errors/retry';
import { reveal } from '@map/redaction';

/** Longest wait between two attempts to connect, in milliseconds. */
const MAX_RETRY_MS = 2_000;

/** The wait before an attempt to connect, in milliseconds. */
export function retryDelay(attempt: number): number {
  return 1 + Math.round(fullJitter(attempt, MAX_RETRY_MS, 25));
}

/** Returns the password of the next connection. */
export type PasswordProvider = Extract<RedisOptions['password'], (...given: never[]) => unknown>;

/** Something asynchronous that runs once at a time, and that a disconnect makes unwanted. */
export class Opening {
  #running: Promise<void> | undefined;
  #cancelled = 0;

  once(run: (isWanted: () => boolean) => Promise<void>): Promise<void> {
    if (this.#running !== undefined) return this.#running;
    const cancelled = this.#cancelled;
    const isWanted = () => cancelled === this.#cancelled;
    const running = run(isWanted).finally(() => {
      if (isWanted()) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  cancel(): void {
    this.#cancelled += 1;
    this.#running = undefined;
  }
}

/** Asks for a password until it is given: ioredis would not try to connect again. */
export async function given(
  provide: PasswordProvider,
  client: { emit(event: string, error: unknown): unknown },
  isWanted: () => boolean,
): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return reveal(await provide());
    } catch (error) {
      if (!isWanted()) return '';
      client.emit('error', error);
      await sleep(retryDelay(attempt));
      if (!isWanted()) return '';
    }
  }
}
