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

/** Where a client has what its rarer members are made of, which are made on first use. */
const SOURCE = Symbol('map.connections.source');

interface Source {
  readonly sender: HttpSender;
  readonly scope: Scope | undefined;
  readonly whole: (scope: Scope | undefined) => Got;
  own: Got | undefined;
  stream: Call | undefined;
}

interface Sourced {
  readonly [SOURCE]: Source;
}

/** The same functions for all clients, so that all are of one shape. */
const rarer: PropertyDescriptorMap & ThisType<Sourced> = {
  stream: {
    configurable: true,
    get() {
      const source = this[SOURCE];
      source.stream ??= withMethods(source, source.sender.got.stream);
      return source.stream;
    },
  },
  extend: {
    configurable: true,
    get() {
      return ownClient(this[SOURCE]).extend;
    },
  },
  paginate: {
    configurable: true,
    get() {
      return ownClient(this[SOURCE]).paginate;
    },
  },
  defaults: {
    configurable: true,
    get() {
      return ownClient(this[SOURCE]).defaults;
    },
  },
};

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
  const source: Source = { sender, scope, whole, own: undefined, stream: undefined };
  const client = withMethods(source, sender.got);
  Object.defineProperty(client, SOURCE, { value: source });
  return Object.defineProperties(client, rarer) as unknown as Got;
}

function ownClient(source: Source): Got {
  source.own ??= source.whole(source.scope);
  return source.own;
}

/** A client of got, or its streams, whose requests belong to a scope. */
function withMethods(source: Source, calls: Got | Got['stream']): Call {
  const client = sent(source, calls as Call);
  const members = client as unknown as Record<string, Call>;
  for (const method of methods) members[method] = sent(source, calls[method] as Call);
  return client;
}

function sent({ sender, scope }: Source, call: Call): Call {
  return (url, options, defaults) => {
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
}
