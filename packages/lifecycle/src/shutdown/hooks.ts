import { ConnectionError, ErrorCode } from '@map/errors';
import { checkChoice } from '@map/errors/kernel';
import type { Ending } from './sequence.ts';

/**
 * When a hook runs: `drain` stops new work, `close` releases what the work needed, and `finish`
 * comes last, for health endpoints, telemetry and logs. Work in flight ends after `drain`.
 */
export type ShutdownPhase = 'drain' | 'close' | 'finish';

/**
 * Ends a resource of the application.
 *
 * @param signal Aborted once its time has passed.
 * @param timeoutMs Its time in milliseconds.
 */
export type ShutdownHook = (signal: AbortSignal, timeoutMs: number) => unknown;

interface Hook {
  readonly name: string;
  readonly phase: ShutdownPhase;
  readonly run: ShutdownHook;
}

const PHASES: readonly ShutdownPhase[] = ['drain', 'close', 'finish'];

/** Parts of the shutdown limit that are reserved for the phases; the rest is used as needed. */
const SHARES: Readonly<Record<ShutdownPhase, number>> = { drain: 0.2, close: 0.2, finish: 0.4 };

/** The hooks of a shutdown. */
export class Hooks {
  readonly #hooks = new Set<Hook>();
  #closed = false;

  /** Adds a hook; returns the function that removes it. */
  add(name: string, run: ShutdownHook, phase: ShutdownPhase): () => void {
    if (this.#closed) {
      throw new ConnectionError({
        code: ErrorCode.CLIENT_CLOSED,
        message: `The shutdown has begun, so the hook "${name}" would not run. Release its resource directly.`,
      });
    }
    checkChoice('phase', PHASES, phase);
    const hook = { name, phase, run };
    this.#hooks.add(hook);
    return () => {
      this.#hooks.delete(hook);
    };
  }

  /** Refuses further hooks: they would not run. */
  close(): void {
    this.#closed = true;
  }

  /** Lists the endings of a phase, the last registered first. */
  of(phase: ShutdownPhase): readonly Ending[] {
    const hooks = [...this.#hooks].filter((hook) => hook.phase === phase).reverse();
    return hooks.map(({ name, run }) => ({ name, share: SHARES[phase] / hooks.length, run }));
  }
}
