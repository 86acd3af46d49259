import { badArgument, cancelled } from './coded.ts';
import { type CommandTraits, commandTraits, isLifecycle, rawTraits } from './redis-commands.ts';
import type { RedisClient } from './redis-driver.ts';
import { plainCommands, plainWords } from './redis-plain.ts';
import { rawCommands, record, replay } from './redis-transaction.ts';

/** Sends operations over a connection, with deadline, report and coded errors. */
export interface Route {
  /** Name of the connection. */
  readonly name: string;
  /** Whether others use the connection at the same time. */
  readonly shared: boolean;
  /** Whether it leads to one server; in a cluster, a command's key decides where it goes. */
  readonly single: boolean;
  /** Whether the connection is there at this moment. */
  readonly isOpen: boolean;
  /** Sends one operation; no limit means the default one; the signal takes it out of a line. */
  run<R>(
    operation: string,
    repeatable: boolean,
    invoke: (client: RedisClient) => PromiseLike<R>,
    timeoutMs?: number,
    signal?: AbortSignal,
  ): Promise<R>;
  /** Told that the connection's own state was changed. */
  spoil(): void;
}

/** A client, or a part of one, whose members are looked up by name. */
export type Members = Record<string, (...args: unknown[]) => unknown>;

const routeOf: unique symbol = Symbol('route');
const pickOf: unique symbol = Symbol('pick');

/** A guard: where to send its commands, and how to get from a client to the one to call. */
interface Guard {
  readonly [routeOf]: Route;
  readonly [pickOf]: Pick;
}

type Pick = (client: RedisClient) => Members;
type GuardClass = new (route: Route, pick: Pick) => Guard;
type Method = (this: Guard, ...args: unknown[]) => unknown;

/** Namespaces of a client: the commands of the modules of Redis Stack. */
export const namespaces: ReadonlySet<string> = new Set(
  'bf cms cf tDigest topK json ft ts'.split(' '),
);
const derivations: ReadonlySet<string> = new Set(
  'withCommandOptions withTypeMapping asap'.split(' '),
);

/**
 * Puts a guard around the clients of a connection: it looks and is typed like one client, outlives
 * every single client, and gives every command a deadline, a report and a coded error.
 *
 * @param route - Sends the operations.
 */
export function guardRedis(route: Route): RedisClient {
  return guard('', route, whole) as never;
}

function whole(client: RedisClient): Members {
  return client as unknown as Members;
}

function guard(namespace: string, route: Route, pick: Pick): Guard {
  let known = classes.get(namespace);
  if (known === undefined) {
    known = makeClass(namespace);
    classes.set(namespace, known);
  }
  return new known(route, pick);
}

const classes = new Map<string, GuardClass>();

/**
 * The guards of a namespace. Their methods are made when they are first asked for: after that, a
 * command costs an ordinary method call, and a guard costs an object with two fields.
 */
function makeClass(namespace: string): GuardClass {
  const made = class implements Guard {
    readonly [routeOf]: Route;
    readonly [pickOf]: Pick;

    constructor(route: Route, pick: Pick) {
      this[routeOf] = route;
      this[pickOf] = pick;
    }
  };
  const prototype: object = made.prototype;
  // A guard has no other members than a client, so not even those of every object.
  Object.defineProperty(prototype, 'constructor', { value: undefined });
  const unknownMembers = new Proxy(Object.create(null), {
    get(_target, member) {
      // A guard is no promise, though it is awaited by whoever gets one.
      if (typeof member !== 'string' || member === 'then') return undefined;
      const method = makeMethod(namespace, member);
      Object.defineProperty(prototype, member, { value: method });
      return method;
    },
  });
  Object.setPrototypeOf(prototype, unknownMembers);
  if (namespace === '') addProperties(prototype);
  return made;
}

function addProperties(prototype: object): void {
  for (const member of ['isOpen', 'isReady']) {
    Object.defineProperty(prototype, member, {
      get(this: Guard) {
        return this[routeOf].isOpen;
      },
    });
  }
  for (const namespace of namespaces) {
    Object.defineProperty(prototype, namespace, {
      get(this: Guard) {
        const pick = this[pickOf];
        return guard(
          namespace,
          this[routeOf],
          (client) => pick(client)[namespace] as unknown as Members,
        );
      },
    });
  }
}

function makeMethod(namespace: string, member: string): Method {
  if (namespace !== '') return command(`${namespace}.${member}`.toUpperCase(), member);
  if (derivations.has(member)) return derivation(member);
  if (member === 'withAbortSignal') return abortable;
  if (member === 'multi' || member === 'MULTI') return transaction;
  if (member.endsWith('Iterator')) return iterator(member);
  if (member === 'sendCommand') return sendCommand;
  if (isLifecycle(member)) {
    return function (this: Guard) {
      return refuse(this[routeOf], member, 'the manager opens and closes it');
    };
  }
  const count = plainCommands.get(member);
  if (count !== undefined) return plainCommand(member.toUpperCase(), member, count);
  return command(member.toUpperCase(), member);
}

/** A method for a command that needs none of the client's own work when its arguments are words. */
function plainCommand(operation: string, member: string, count: number): Method {
  const usual = command(operation, member);
  const { repeatable } = commandTraits(operation);
  return function (this: Guard, ...args: unknown[]): unknown {
    const route = this[routeOf];
    const words = route.single ? plainWords(operation, count, args) : undefined;
    if (words === undefined) return usual.apply(this, args);
    const pick = this[pickOf];
    return route.run(
      operation,
      repeatable,
      (client) => pick(client)['sendCommand']?.(words) as PromiseLike<unknown>,
    );
  };
}

function command(operation: string, member: string): Method {
  const traits = commandTraits(operation);
  const mayBlock = operation === 'XREAD' || operation === 'XREADGROUP';
  return function (this: Guard, ...args: unknown[]): unknown {
    const route = this[routeOf];
    const pick = this[pickOf];
    const waits = traits.blocking || (mayBlock && args.some(hasBlock));
    const refusal = admit(route, operation, traits, waits);
    if (refusal !== undefined) return refusal;
    return route.run(
      operation,
      traits.repeatable,
      (client) => {
        const members = pick(client);
        const method = members[member];
        if (typeof method !== 'function') throw unknownCommand(route, member);
        return method.apply(members, args) as PromiseLike<unknown>;
      },
      // The server itself decides when a command that waits by design is answered.
      waits ? Number.POSITIVE_INFINITY : undefined,
    );
  };
}

function sendCommand(this: Guard, ...args: unknown[]): unknown {
  const route = this[routeOf];
  const pick = this[pickOf];
  const words: readonly unknown[] = args.find(Array.isArray) ?? [];
  const operation = String(words[0] ?? 'COMMAND').toUpperCase();
  const traits = rawTraits(words);
  const waits =
    traits.blocking ||
    (operation.startsWith('XREAD') && words.some((word) => /^block$/i.test(String(word))));
  const refusal = admit(route, operation, traits, waits);
  if (refusal !== undefined) return refusal;
  // The client does not see what a raw command does to its connection.
  if (traits.stateful) route.spoil();
  return route.run(
    operation,
    traits.repeatable,
    (client) => pick(client)['sendCommand']?.(...args) as PromiseLike<unknown>,
    waits ? Number.POSITIVE_INFINITY : undefined,
  );
}

/** Keeps what would stop or change a shared connection away from it. */
function admit(
  route: Route,
  operation: string,
  traits: CommandTraits,
  waits: boolean,
): Promise<never> | undefined {
  if (!waits && !traits.stateful) return undefined;
  if (route.shared) return refuse(route, operation, 'others share it; use acquireRedis()');
  if (traits.stateful && operation !== 'WATCH' && operation !== 'UNWATCH') route.spoil();
  return undefined;
}

/** A method that gives a guard over clients with other command options. */
function derivation(member: string): Method {
  return function (this: Guard, ...args: unknown[]): unknown {
    const pick = this[pickOf];
    const derived = new WeakMap<Members, Members>();
    return guard('', this[routeOf], (client) => {
      const base = pick(client);
      let own = derived.get(base);
      if (own === undefined) {
        own = base[member]?.(...args) as Members;
        derived.set(base, own);
      }
      return own;
    });
  };
}

/** Gives a guard whose commands also end when a signal aborts, wherever they are. */
function abortable(this: Guard, ...args: unknown[]): unknown {
  const route = this[routeOf];
  const signal = args[0];
  if (!(signal instanceof AbortSignal)) {
    throw badArgument('The signal is none: use that of an AbortController.');
  }
  const own: Route = {
    name: route.name,
    shared: route.shared,
    single: route.single,
    get isOpen() {
      return route.isOpen;
    },
    spoil: () => route.spoil(),
    run(operation, repeatable, invoke, timeoutMs, outer) {
      const place = { pool: route.name, kind: 'redis', operation };
      if (signal.aborted) return Promise.reject(cancelled(place, signal.reason));
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          // An answer may still come; the next borrower must not be behind it.
          if (!route.shared) route.spoil();
          reject(cancelled(place, signal.reason));
        };
        signal.addEventListener('abort', onAbort, { once: true });
        const either = outer === undefined ? signal : AbortSignal.any([outer, signal]);
        const unsent = (client: RedisClient): ReturnType<typeof invoke> => {
          if (signal.aborted) throw cancelled(place, signal.reason);
          return invoke(client);
        };
        route
          .run(operation, repeatable, unsent, timeoutMs, either)
          .finally(() => signal.removeEventListener('abort', onAbort))
          .then(resolve, reject);
      });
    },
  };
  return guard('', own, this[pickOf]);
}

/** Gives a transaction that is sent as one when it is executed. */
function transaction(this: Guard): unknown {
  const route = this[routeOf];
  const pick = this[pickOf];
  return record(namespaces, (recording) => {
    // Inside a transaction nothing waits, but the connection can be changed.
    const changing = rawCommands(recording).find((words) => rawTraits(words).stateful);
    if (changing !== undefined) {
      const refusal = admit(route, String(changing[0]).toUpperCase(), rawTraits(changing), false);
      if (refusal !== undefined) return refusal;
      route.spoil();
    }
    return route.run('MULTI', false, (client) =>
      replay(pick(client)['multi']?.() as Members, recording),
    );
  });
}

/** A method that iterates with the guard's own commands, so that every page has a deadline. */
function iterator(member: string): Method {
  return async function* (this: Guard, ...args: unknown[]): AsyncGenerator<unknown, void, unknown> {
    const self = this as unknown as Members;
    const scan = scans[member];
    if (scan === undefined) throw unknownCommand(this[routeOf], member);
    yield* scan(self, args);
  };
}

type Scan = (redis: Members, args: unknown[]) => AsyncGenerator<unknown, void, unknown>;

const scans: Readonly<Record<string, Scan>> = {
  scanIterator: (redis, [options]) =>
    pages((cursor) => redis['scan']?.(cursor, options), 'keys', options),
  hScanIterator: (redis, [key, options]) =>
    pages((cursor) => redis['hScan']?.(key, cursor, options), 'entries'),
  hScanValuesIterator: (redis, [key, options]) =>
    pages((cursor) => redis['hScan']?.(key, cursor, options), 'entries', undefined, 'value'),
  hScanNoValuesIterator: (redis, [key, options]) =>
    pages((cursor) => redis['hScanNoValues']?.(key, cursor, options), 'fields'),
  sScanIterator: (redis, [key, options]) =>
    pages((cursor) => redis['sScan']?.(key, cursor, options), 'members'),
  zScanIterator: (redis, [key, options]) =>
    pages((cursor) => redis['zScan']?.(key, cursor, options), 'members'),
};

async function* pages(
  next: (cursor: unknown) => unknown,
  field: string,
  options?: unknown,
  part?: string,
): AsyncGenerator<unknown, void, unknown> {
  let cursor: unknown = (options as { cursor?: unknown } | undefined)?.cursor ?? '0';
  do {
    const page = (await next(cursor)) as Record<string, unknown>;
    cursor = page['cursor'];
    const items = page[field] as Record<string, unknown>[];
    yield part === undefined ? items : items.map((item) => item[part]);
  } while (String(cursor) !== '0');
}

function hasBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'BLOCK' in value;
}

function refuse(route: Route, operation: string, why: string): Promise<never> {
  return Promise.reject(
    badArgument(`${operation} is not for connection "${route.name}": ${why}.`, {
      pool: route.name,
      operation,
    }),
  );
}

function unknownCommand(route: Route, member: string): Error {
  return badArgument(`The client of connection "${route.name}" has no command "${member}".`, {
    pool: route.name,
    operation: member,
  });
}
