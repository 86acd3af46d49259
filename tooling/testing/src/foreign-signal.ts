/**
 * The signal of another realm, as jsdom has one: no instance of this realm's `AbortSignal`, and
 * without `throwIfAborted()`, as old implementations are.
 */
export class ForeignSignal extends EventTarget {
  aborted = false;
  reason: unknown = undefined;

  /** Returns it as what it stands for. */
  static make(): ForeignSignal & AbortSignal {
    return new ForeignSignal() as ForeignSignal & AbortSignal;
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.dispatchEvent(new Event('abort'));
  }
}

/** A signal that passes for one and cannot be listened to. */
export function brokenSignal(): AbortSignal {
  return {
    aborted: false,
    addEventListener: () => {
      throw new Error('no listeners');
    },
    removeEventListener: () => undefined,
  } as unknown as AbortSignal;
}
