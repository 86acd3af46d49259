import type { Got, Options } from 'got';
import { HttpBody } from './http-body.ts';
import type { HttpClient } from './http-client.ts';
import type { Scope } from './scope.ts';

/**
 * What all requests of a connection are sent with, whichever session they belong to.
 *
 * Where a handler of got answers with a promise, got copies the members of its own to that, which is
 * 3 % of a request. So this handler answers with something that is none, and the clients take the
 * promise out.
 */
export interface HttpSender {
  readonly got: Got;
  /** What the request that is about to be made belongs to. */
  scope: Scope | undefined;
}

/** What the sender's handler answers with. */
class Answer {
  readonly body: HttpBody;

  constructor(body: HttpBody) {
    this.body = body;
  }
}

/**
 * Makes the sender of a connection.
 *
 * @param watch - Watches one request, of a scope.
 */
export function makeSender(
  base: Got,
  watch: (
    options: Options,
    next: (options: Options) => unknown,
    scope: Scope | undefined,
  ) => unknown,
): HttpSender {
  const sender: HttpSender = {
    scope: undefined,
    got: base.extend({
      handlers: [
        (options, next) => {
          const result = watch(options, next, sender.scope);
          return (result instanceof HttpBody ? new Answer(result) : result) as never;
        },
      ],
    }),
  };
  return sender;
}

type Call = (url: unknown, options?: unknown, defaults?: unknown) => unknown;

const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/**
 * Makes the client of one scope. One that got makes, which copies all its options, costs a fifth of
 * a request.
 *
 * @param scope - What its requests belong to; nothing for the client of everybody.
 * @param whole - Makes a client of got's own, for what is made of this one.
 */
export function clientOf(
  sender: HttpSender,
  scope: Scope | undefined,
  whole: (scope: Scope | undefined) => Got,
): HttpClient {
  let own: Got | undefined;
  const full = (): Got => {
    own ??= whole(scope);
    return own;
  };
  const sent =
    (call: Call): Call =>
    (url, options, defaults) => {
      // The handler runs before this returns, and so does what it may call.
      const outer = sender.scope;
      sender.scope = scope;
      try {
        const result = call(url, options, defaults);
        return result instanceof Answer ? result.body : result;
      } finally {
        sender.scope = outer;
      }
    };
  const { got } = sender;
  const stream = sent(got.stream as Call);
  const client = sent(got as Call);
  for (const method of methods) {
    Object.assign(stream, { [method]: sent(got.stream[method] as Call) });
    Object.assign(client, { [method]: sent(got[method] as Call) });
  }
  return Object.defineProperties(Object.assign(client, { stream }), {
    extend: { get: () => full().extend },
    paginate: { get: () => full().paginate },
    defaults: { get: () => full().defaults },
  }) as unknown as Got;
}
