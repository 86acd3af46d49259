type Method = (this: unknown, ...args: unknown[]) => unknown;

const METHODS = ['log', '_write', '_writev'] as const;

/** Hears how a transport does with its lines. */
interface GuardListener {
  /** A line it refused: by throwing, or by a rejection. */
  failed(error: unknown): void;
  /** A line was given to its `log`, or 1 less: it has called back. */
  pending(change: 1 | -1): void;
  /** Its `log` is entered, or 1 less: left. */
  running(change: 1 | -1): void;
}

/**
 * Keeps what a transport throws, or what its async `log` rejects with, from ending the process and
 * from stopping its stream for ever: the line counts as refused and the next one has its turn.
 * @returns Takes the guard off again.
 */
export function guardTransport(transport: object, listener: GuardListener): () => void {
  const target = transport as Record<string, unknown>;
  const restore: (() => void)[] = [];
  for (const name of METHODS) {
    const method = target[name];
    if (typeof method !== 'function') continue;
    const own = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, {
      value: guarded(method as Method, listener, name === 'log'),
      writable: true,
      configurable: true,
    });
    restore.push(() => {
      if (own === undefined) delete target[name];
      else Object.defineProperty(target, name, own);
    });
  }
  return () => {
    for (const one of restore) one();
  };
}

function guarded(method: Method, listener: GuardListener, counted: boolean): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const next = args.at(-1);
    if (typeof next !== 'function') return method.apply(this, args);
    let called = false;
    const once = (...results: unknown[]): void => {
      if (called) return;
      called = true;
      if (counted) listener.pending(-1);
      next(...results);
    };
    const fail = (error: unknown): void => {
      listener.failed(error);
      once();
    };
    args[args.length - 1] = once;
    if (counted) {
      listener.pending(1);
      listener.running(1);
    }
    try {
      const result = method.apply(this, args);
      if (!(result instanceof Promise)) return result;
      result.catch(fail);
    } catch (error) {
      fail(error);
    } finally {
      if (counted) listener.running(-1);
    }
    return undefined;
  };
}
