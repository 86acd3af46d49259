import { badArgument, cancelled } from './coded.ts';
import { commandTraits, isLifecycle } from './redis-commands.ts';
import type { RedisClient } from './redis-driver.ts';

/** Sends operations over a connection, with deadline, report and coded errors. */
export interface Route {
  /** Name of the connection. */
  readonly name: string;
  /** Whether others use the connection at the same time. */
  readonly shared: boolean;
  /** Whether the connection is there at this moment. */
  readonly isOpen: boolean;
  /** Sends one operation; no limit means the default one. */
  run<R>(
    operation: string,
    repeatable: boolean,
    invoke: (client: RedisClient) => PromiseLike<R>,
    timeoutMs?: number,
  ): Promise<R>;
  /** Told that the connection's own state was changed. */
  spoil(): void;
}

/** A client, or a part of one, whose members are looked up by name. */
type Members = Record<string, (...args: unknown[]) => unknown>;
type Pick = (client: RedisClient) => Members;

/** Namespaces of a client: the commands of the modules of Redis Stack. */
const namespaces: ReadonlySet<string> = new Set('bf cms cf tDigest topK json ft ts'.split(' '));
const derivations: ReadonlySet<string> = new Set(
  'withCommandOptions withTypeMapping asap'.split(' '),
);
const executions: ReadonlySet<string> = new Set(
  'exec EXEC execTyped execAsPipeline execAsPipelineTyped'.split(' '),
);

/**
 * Puts a guard around the clients of a connection: it looks and is typed like one client, outlives
 * every single client, and gives every command a deadline, a report and a coded error.
 *
 * @param route - Sends the operations.
 */
export function guardRedis(route: Route): RedisClient {
  return guard(route, (client) => client as unknown as Members, '') as RedisClient;
}

function guard(route: Route, pick: Pick, prefix: string): object {
  const members = new Map<string, unknown>();
  const proxy: object = new Proxy(Object.create(null), {
    get(_target, member) {
      // A guard is no promise, though it is awaited by whoever gets one.
      if (typeof member !== 'string' || member === 'then') return undefined;
      if (member === 'isOpen' || member === 'isReady') return route.isOpen;
      let value = members.get(member);
      if (value === undefined) {
        value = makeMember(route, pick, prefix, member, () => proxy);
        members.set(member, value);
      }
      return value;
    },
  });
  return proxy;
}

function makeMember(
  route: Route,
  pick: Pick,
  prefix: string,
  member: string,
  self: () => object,
): unknown {
  if (prefix === '') {
    if (namespaces.has(member)) {
      return guard(route, (client) => pick(client)[member] as unknown as Members, `${member}.`);
    }
    if (derivations.has(member)) return (...args: unknown[]) => derive(route, pick, member, args);
    if (member === 'withAbortSignal')
      return (signal: AbortSignal) => abortable(route, pick, signal);
    if (member === 'multi' || member === 'MULTI') return () => recorder(route, pick);
    if (member.endsWith('Iterator')) return iterator(member, self);
    if (member === 'sendCommand') return sendCommand(route, pick);
    if (isLifecycle(member)) return refused(route, member, 'the manager opens and closes it');
  }
  return command(route, pick, `${prefix}${member}`.toUpperCase(), member);
}

function command(route: Route, pick: Pick, operation: string, member: string): unknown {
  const traits = commandTraits(operation);
  if (route.shared && (traits.blocking || traits.stateful)) {
    return refused(route, member, 'others share this connection; use acquireRedis()');
  }
  const reads = operation === 'XREAD' || operation === 'XREADGROUP';
  return (...args: unknown[]) => {
    const invoke = (client: RedisClient): PromiseLike<unknown> => {
      const members = pick(client);
      const method = members[member];
      if (typeof method !== 'function') throw unknownCommand(route, member);
      return method.apply(members, args) as PromiseLike<unknown>;
    };
    const waits = traits.blocking || (reads && args.some(hasBlock));
    if (waits && route.shared) {
      return refused(route, member, 'others share this connection; use acquireRedis()')();
    }
    if (traits.stateful && operation !== 'WATCH' && operation !== 'UNWATCH') route.spoil();
    // The server itself decides when a command that waits by design is answered.
    return route.run(
      operation,
      traits.repeatable,
      invoke,
      waits ? Number.POSITIVE_INFINITY : undefined,
    );
  };
}

function sendCommand(route: Route, pick: Pick): unknown {
  return (...args: unknown[]) => {
    const words = args.find(Array.isArray) ?? [];
    const operation = String(words[0] ?? 'COMMAND').toUpperCase();
    const traits = commandTraits(operation);
    const waits =
      traits.blocking ||
      (operation.startsWith('XREAD') && words.some((word) => /^block$/i.test(String(word))));
    if (route.shared && (waits || traits.stateful)) {
      return refused(route, operation, 'others share this connection; use acquireRedis()')();
    }
    if (traits.stateful) route.spoil();
    return route.run(
      operation,
      traits.repeatable,
      (client) => pick(client)['sendCommand']?.(...args) as PromiseLike<unknown>,
      waits ? Number.POSITIVE_INFINITY : undefined,
    );
  };
}

/** A guard over clients with other command options. */
function derive(route: Route, pick: Pick, member: string, args: unknown[]): object {
  const derived = new WeakMap<Members, Members>();
  const pickDerived: Pick = (client) => {
    const base = pick(client);
    let own = derived.get(base);
    if (own === undefined) {
      own = base[member]?.(...args) as Members;
      derived.set(base, own);
    }
    return own;
  };
  return guard(route, pickDerived, '');
}

/** A guard whose commands also end when a signal aborts, wherever they are. */
function abortable(route: Route, pick: Pick, signal: AbortSignal): object {
  const own: Route = {
    name: route.name,
    shared: route.shared,
    get isOpen() {
      return route.isOpen;
    },
    spoil: () => route.spoil(),
    run(operation, repeatable, invoke, timeoutMs) {
      const place = { pool: route.name, kind: 'redis', operation };
      if (signal.aborted) return Promise.reject(cancelled(place, signal.reason));
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          // An answer may still come; the next borrower must not be behind it.
          if (!route.shared) route.spoil();
          reject(cancelled(place, signal.reason));
        };
        signal.addEventListener('abort', onAbort, { once: true });
        route
          .run(
            operation,
            repeatable,
            (client) => {
              if (signal.aborted) throw cancelled(place, signal.reason);
              return invoke(client);
            },
            timeoutMs,
          )
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
  };
  return guard(own, pick, '');
}

/** Notes the commands of a transaction and sends them as one when it is executed. */
function recorder(route: Route, pick: Pick): object {
  const steps: { path: readonly string[]; args: unknown[] }[] = [];
  const level = (path: readonly string[]): object =>
    new Proxy(Object.create(null), {
      get(_target, member) {
        if (typeof member !== 'string' || member === 'then') return undefined;
        if (path.length === 0 && namespaces.has(member)) return level([member]);
        if (path.length === 0 && executions.has(member)) {
          return (...args: unknown[]) =>
            route.run('MULTI', false, (client) => replay(pick(client), steps, member, args));
        }
        return (...args: unknown[]) => {
          steps.push({ path: [...path, member], args });
          return root;
        };
      },
    });
  const root = level([]);
  return root;
}

function replay(
  client: Members,
  steps: readonly { path: readonly string[]; args: unknown[] }[],
  execution: string,
  args: unknown[],
): PromiseLike<unknown> {
  let multi = client['multi']?.() as Members;
  for (const { path, args: values } of steps) {
    const [first = '', second] = path;
    const owner = second === undefined ? multi : (multi[first] as unknown as Members);
    multi = owner[second ?? first]?.(...values) as Members;
  }
  return multi[execution]?.(...args) as PromiseLike<unknown>;
}

/** Iterates with the guard's own commands, so that every page has a deadline. */
function iterator(member: string, self: () => object): unknown {
  return async function* (...args: unknown[]): AsyncGenerator<unknown, void, unknown> {
    const { RedisClient } = await iterators();
    const method = RedisClient[member];
    if (method === undefined) throw badArgument(`Redis has no iterator "${member}".`);
    yield* method.apply(self() as Members, args) as AsyncGenerator<unknown, void, unknown>;
  };
}

async function iterators(): Promise<{ RedisClient: Members }> {
  const { createClient } = await import('redis');
  return { RedisClient: createClient({ disableClientInfo: true }) as unknown as Members };
}

function hasBlock(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'BLOCK' in value;
}

function refused(route: Route, member: string, why: string): () => Promise<never> {
  return () =>
    Promise.reject(
      badArgument(`${member} is not for connection "${route.name}": ${why}.`, {
        pool: route.name,
        operation: member,
      }),
    );
}

function unknownCommand(route: Route, member: string): Error {
  return badArgument(`The client of connection "${route.name}" has no command "${member}".`, {
    pool: route.name,
    operation: member,
  });
}
