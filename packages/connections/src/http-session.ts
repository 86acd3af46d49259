import type { Got } from 'got';
import type { HttpClient } from './http-client.ts';
import type { Scope } from './scope.ts';

/** Stands where the signal of a request is until the client's handler reads it: whose it is. */
class SessionMark {
  readonly scope: Scope;
  readonly signal: AbortSignal | undefined;

  constructor(scope: Scope, signal: AbortSignal | undefined) {
    this.scope = scope;
    this.signal = signal;
  }
}

/** The session of a request, where it has one, and the signal that its caller gave. */
export function readMark(signal: unknown): {
  readonly mark: Scope | undefined;
  readonly signal: AbortSignal | undefined;
} {
  if (signal instanceof SessionMark) return { mark: signal.scope, signal: signal.signal };
  return { mark: undefined, signal: signal as AbortSignal | undefined };
}

type Call = (url: unknown, options?: unknown, defaults?: unknown) => unknown;
type Plain = Readonly<Record<string, unknown>>;

const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/**
 * Makes the client of one session: that of everybody, with the session's mark on each request. A
 * client of its own, which copies all options of got, costs a fifth of a request.
 *
 * @param shared - The client of everybody.
 * @param whole - Makes a client of its own, for what a mark cannot do.
 */
export function sessionClient(
  shared: HttpClient,
  scope: Scope,
  whole: () => HttpClient,
): HttpClient {
  let own: HttpClient | undefined;
  const full = (): HttpClient => {
    own ??= whole();
    return own;
  };
  const mark = (options: Plain | undefined): Plain => ({
    ...options,
    signal: new SessionMark(scope, options?.['signal'] as AbortSignal | undefined),
  });
  const marked =
    (call: (client: HttpClient) => Call): Call =>
    (url, options, defaults) => {
      if (defaults === undefined) {
        const isSimple = options === undefined || isPlain(options);
        if (isAddress(url) && isSimple) return call(shared)(url, mark(options));
        if (isPlain(url) && options === undefined) return call(shared)(mark(url));
      }
      return call(full())(url, options, defaults);
    };
  const stream = marked((client) => client.stream as Call);
  const session = marked((client) => client as Call);
  for (const method of methods) {
    Object.assign(stream, { [method]: marked((client) => client.stream[method] as Call) });
    Object.assign(session, { [method]: marked((client) => client[method] as Call) });
  }
  return Object.defineProperties(Object.assign(session, { stream }), {
    extend: { get: () => full().extend },
    paginate: { get: () => full().paginate },
    defaults: { get: () => full().defaults },
  }) as unknown as Got;
}

function isPlain(value: unknown): value is Plain {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' || value instanceof URL;
}
