// A guard is what callers get instead of a client of node-redis. It looks and is typed like one, but
// it outlives every single client, and gives each command a deadline, a report and a coded error.
//
// It must have every method of a client: hundreds of commands, those of modules, scripts and
// functions. So a guard is an object of a class whose methods are made when they are first asked
// for: the prototype of the class has a Proxy as its own prototype, which makes the method and
// defines it on the class. After that a command costs an ordinary method call, and a guard costs an
// object with two fields; a session can have its own.
//
// A method does not hold a client: it asks the guard's route to send, and picks the client (or a part
// of it, such as `json`, or a derivation, such as `withTypeMapping`) when the route has one.

import { read } from '@map/redaction/kernel';
import { checkSignal } from '../core/check-options.ts';
import { argumentError } from '../core/errors.ts';
import { abortableRoute } from './abortable-route.ts';
import type { Members, RedisClient } from './client.ts';
import {
  type CommandTraits,
  commandTraits,
  isLifecycle,
  mayRepeat,
  rawTraits,
} from './commands.ts';
import { iterators } from './iterators.ts';
import { plainCommands, plainWords } from './plain-commands.ts';
import { moduleNamespaces, type Route } from './route.ts';
import { rawCommands, record, replay } from './transaction.ts';
import { unknownCommandError } from './unknown-command.ts';

const routeOf: unique symbol = Symbol('route');
const pickOf: unique symbol = Symbol('pick');

/** A guard: where its commands go, and how to get from a client to the one to call. */
interface Guard {
  readonly [routeOf]: Route;
  readonly [pickOf]: Pick;
}

/** Undefined for a module that the client does not have. */
type Pick = (client: RedisClient) => Members | undefined;
type GuardClass = new (route: Route, pick: Pick) => Guard;
type Method = (this: Guard, ...args: unknown[]) => unknown;

const derivations: ReadonlySet<string> = new Set(
  'withCommandOptions withTypeMapping asap'.split(' '),
);

/**
 * Makes the guard of a connection; see the head of this file.
 *
 * @param route - Sends the operations.
 */
export function guardRedis(route: Route): RedisClient {
  return guard('', route, (client) => client as unknown as Members) as never;
}

const classes = new Map<string, GuardClass>();

function guard(namespace: string, route: Route, pick: Pick): Guard {
  const { namespaces } = route;
  const isUsual = namespace !== '' || namespaces === moduleNamespaces;
  const key = isUsual ? namespace : ['', ...namespaces].join(' ');
  let known = classes.get(key);
  if (known === undefined) {
    known = makeClass(namespace, namespaces);
    classes.set(key, known);
  }
  return new known(route, pick);
}

function makeClass(namespace: string, namespaces: ReadonlySet<string>): GuardClass {
  const made = class implements Guard {
    readonly [routeOf]: Route;
    readonly [pickOf]: Pick;

    constructor(route: Route, pick: Pick) {
      this[routeOf] = route;
      this[pickOf] = pick;
    }
  };
  const prototype: object = made.prototype;
  // A guard has no other members than a client, not even those of every object.
  Object.defineProperty(prototype, 'constructor', { value: undefined });
  const unknownMembers = new Proxy(Object.create(null), {
    get(_target, member) {
      // Awaiting a guard must not look like awaiting a promise.
      if (typeof member !== 'string' || member === 'then') return undefined;
      const method = makeMethod(namespace, member);
      Object.defineProperty(prototype, member, { value: method });
      return method;
    },
  });
  Object.setPrototypeOf(prototype, unknownMembers);
  if (namespace === '') addProperties(prototype, namespaces);
  return made;
}

function addProperties(prototype: object, namespaces: ReadonlySet<string>): void {
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
          (client) => pick(client)?.[namespace] as unknown as Members | undefined,
        );
      },
    });
  }
}

function makeMethod(namespace: string, member: string): Method {
  if (namespace !== '')
    return command(`${namespace}.${member}`.toUpperCase(), member, [namespace, member]);
  if (derivations.has(member)) return derivation(member);
  if (member === 'withAbortSignal') return withAbortSignal;
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

/** A method for a command that needs nothing of the client when all its arguments are strings. */
function plainCommand(operation: string, member: string, count: number): Method {
  const usual = command(operation, member);
  const { repeatable } = commandTraits(operation);
  return function (this: Guard, ...args: unknown[]): unknown {
    const route = this[routeOf];
    const words = route.plain ? plainWords(operation, count, args) : undefined;
    if (words === undefined) return usual.apply(this, args);
    const pick = this[pickOf];
    return route.run(
      operation,
      repeatable,
      (client) => pick(client)?.['sendCommand']?.(words) as PromiseLike<unknown>,
    );
  };
}

function command(operation: string, member: string, path: readonly string[] = [member]): Method {
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
      mayRepeat(traits, args),
      (client) => {
        const members = pick(client);
        const method = members?.[member];
        if (typeof method !== 'function') throw unknownCommandError(route.name, path);
        return method.apply(members, args) as PromiseLike<unknown>;
      },
      // The server decides when a command that blocks by design gets its reply.
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
  // The client does not see how a raw command changes its connection.
  if (traits.stateful) route.spoil();
  return route.run(
    operation,
    mayRepeat(traits, words.slice(1)),
    (client) => pick(client)?.['sendCommand']?.(...args) as PromiseLike<unknown>,
    waits ? Number.POSITIVE_INFINITY : undefined,
  );
}

/** Refuses, on a shared connection, what would block or change it; notes it on a leased one. */
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

/** A method that makes a guard over clients with other command options. */
function derivation(member: string): Method {
  return function (this: Guard, ...args: unknown[]): unknown {
    // With another object, node-redis throws where nobody can catch it.
    const abortSignal = read(args[0], 'abortSignal');
    if (abortSignal !== undefined) checkSignal(abortSignal, 'abortSignal');
    const pick = this[pickOf];
    const derived = new WeakMap<Members, Members>();
    return guard('', this[routeOf], (client) => {
      const base = pick(client);
      if (base === undefined) return undefined;
      let own = derived.get(base);
      if (own === undefined) {
        own = base[member]?.(...args) as Members;
        derived.set(base, own);
      }
      return own;
    });
  };
}

function withAbortSignal(this: Guard, ...args: unknown[]): unknown {
  const [signal] = args;
  checkSignal(signal);
  return guard('', abortableRoute(this[routeOf], signal), this[pickOf]);
}

/** Makes a transaction that is sent as one when it is executed. */
function transaction(this: Guard): unknown {
  const route = this[routeOf];
  const pick = this[pickOf];
  return record(route.namespaces, (recording) => {
    // Inside a transaction nothing blocks, but the connection can be changed.
    const changing = rawCommands(recording).find((words) => rawTraits(words).stateful);
    if (changing !== undefined) {
      const refusal = admit(route, String(changing[0]).toUpperCase(), rawTraits(changing), false);
      if (refusal !== undefined) return refusal;
      route.spoil();
    }
    return route.run('MULTI', false, (client) =>
      replay(route.name, pick(client)?.['multi']?.() as Members, recording),
    );
  });
}

function iterator(member: string): Method {
  return async function* (this: Guard, ...args: unknown[]): AsyncGenerator<unknown, void, unknown> {
    const iterate = iterators[member];
    if (iterate === undefined) throw unknownCommandError(this[routeOf].name, [member]);
    yield* iterate(this as unknown as Members, args);
  };
}

function hasBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'BLOCK' in value;
}

function refuse({ name }: Route, operation: string, why: string): Promise<never> {
  const message = `${operation} is not available on connection "${name}": ${why}.`;
  return Promise.reject(argumentError(message, { pool: name, operation }));
}
