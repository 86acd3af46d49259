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
  readonly entering: { scope: Scope | undefined };
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
  const entering: HttpSender['entering'] = { scope: undefined };
  const got = base.extend({
    handlers: [
      (options, next) => {
        const result = watch(options, next, entering.scope);
        return (result instanceof HttpBody ? new Answer(result) : result) as never;
      },
    ],
  });
  return { got, entering };
}

type Call = (url: unknown, options?: unknown, defaults?: unknown) => unknown;

const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/** Where a client has what its rarer members are made of, which are made on first use. */
const SOURCE = Symbol('map.connections.source');

interface Source {
  readonly sender: HttpSender;
  readonly scope: Scope | undefined;
  readonly whole: (scope: Scope | undefined) => Got;
  own: Got | undefined;
}

interface Sourced {
  readonly [SOURCE]: Source;
}

/** The same functions for all clients, so that all are of one shape. */
const rarer: PropertyDescriptorMap = {
  stream: lazily('stream', streamOf),
  extend: lazily('extend', extendOf),
  paginate: lazily('paginate', (source) => ownClient(source).paginate),
  defaults: lazily('defaults', (source) => ownClient(source).defaults),
};

function lazily(name: string, make: (source: Source) => unknown): PropertyDescriptor {
  const keep = (client: object, value: unknown): void => {
    Object.defineProperty(client, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  };
  return {
    enumerable: true,
    configurable: true,
    get(this: Sourced) {
      const value = make(this[SOURCE]);
      keep(this, value);
      return value;
    },
    set(this: Sourced, value: unknown) {
      keep(this, value);
    },
  };
}

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
  const source: Source = { sender, scope, whole, own: undefined };
  const client = withMethods(source, sender.got);
  Object.defineProperty(client, SOURCE, { value: source });
  Object.defineProperties(client, rarer);
  // A client that is kept has them at once, as one of got does.
  if (scope === undefined) for (const name in rarer) Reflect.get(client, name);
  return client as unknown as Got;
}

function ownClient(source: Source): Got {
  source.own ??= source.whole(source.scope);
  return source.own;
}

function streamOf(source: Source): Call {
  return withMethods(source, source.sender.got.stream);
}

function extendOf(source: Source): Got['extend'] {
  return (...parts: Parameters<Got['extend']>) => {
    const full = ownClient(source).extend(...parts) as Got;
    const { handlers, mutableDefaults } = full.defaults;
    // Handlers of the user stand before got's promise, and what may change is not kept twice.
    if (handlers.length > 1 || mutableDefaults) return full as never;
    const { entering, got } = source.sender;
    const sender = { entering, got: got.extend(...parts) as Got };
    return clientOf(sender, source.scope, () => full) as never;
  };
}

/** A client of got, or its streams, whose requests belong to a scope. */
function withMethods(source: Source, calls: Got | Got['stream']): Call {
  const client = sent(source, calls as Call);
  const members = client as unknown as Record<string, Call>;
  for (const method of methods) members[method] = sent(source, calls[method] as Call);
  return client;
}

function sent({ sender, scope }: Source, call: Call): Call {
  const { entering } = sender;
  return (url, options, defaults) => {
    // The handler runs before this returns, and so does what it may call.
    const outer = entering.scope;
    entering.scope = scope;
    try {
      const result = call(url, options, defaults);
      return result instanceof Answer ? result.body : result;
    } finally {
      entering.scope = outer;
    }
  };
}
