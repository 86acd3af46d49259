import { type RedisOptions, redisTarget } from '@map/connections';
import { ConfigurationError, ErrorCode } from '@map/errors';
import { checkMs, checkNames, checkWhole, optionError } from '@map/errors/kernel';
import { optionNames } from '@map/redaction/kernel';
import { Kind, type TSchema, TypeRegistry } from '@sinclair/typebox';
import type { TaskTypes } from '../data/types.ts';

/** Options of `taskQueue`; times in milliseconds. */
export interface TaskQueueOptions<T extends TaskTypes> {
  /** The types of task, each with the TypeBox schema of its data. */
  readonly types: T;
  /** Attempts at most, the first included; 5 by default. */
  readonly attempts?: number;
  /** Upper bound of the first wait between two attempts; doubles with each; 1,000 by default. */
  readonly baseDelayMs?: number;
  /** Longest wait between two attempts, `retryAfterMs` of an error included; 300,000 by default. */
  readonly maxDelayMs?: number;
  /**
   * Prefix of the keys in Redis; `bull` by default as in BullMQ, `{bull}` in cluster mode, where all
   * keys of a flow must be on one node.
   */
  readonly prefix?: string;
  /** The Redis to use instead of the one of the settings. */
  readonly redis?: RedisOptions;
}

/** The options, checked and complete. */
export interface QueueSettings {
  readonly name: string;
  readonly types: TaskTypes;
  readonly attempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly prefix: string | undefined;
  readonly redis: RedisOptions | undefined;
}

/**
 * Checks the options of a queue and fills in their defaults.
 *
 * @throws `CONFIG_INVALID_3002` naming the option and a valid value.
 */
export function queueSettings(name: string, options: TaskQueueOptions<TaskTypes>): QueueSettings {
  if (typeof name !== 'string' || name === '' || name.includes(':')) {
    throw optionError('name', 'a non-empty string without ":"', name);
  }
  const of = `queue "${name}"`;
  checkNames(of, options ?? {}, OPTIONS);
  const { types, attempts = 5, baseDelayMs = 1_000, maxDelayMs = 300_000 } = options ?? {};
  const isMap = typeof types === 'object' && types !== null && Object.keys(types).length > 0;
  if (!isMap) throw optionError('types', 'an object of TypeBox schemas', types, { of });
  for (const [type, schema] of Object.entries(types)) {
    if (typeof schema !== 'object' || schema === null || !(Kind in schema)) {
      throw optionError(`types.${type}`, 'a TypeBox schema', schema, { of });
    }
    checkKinds(`types.${type}`, schema, of);
  }
  const { prefix, redis } = options;
  if (prefix !== undefined && (typeof prefix !== 'string' || prefix === '')) {
    throw optionError('prefix', 'a non-empty string', prefix, { of });
  }
  if (redis !== undefined) checkRedis(name, redis, prefix);
  return {
    name,
    types,
    attempts: checkWhole('attempts', attempts, of),
    baseDelayMs: checkMs('baseDelayMs', baseDelayMs, { of }),
    maxDelayMs: checkMs('maxDelayMs', maxDelayMs, { of }),
    prefix,
    redis,
  };
}

/** Kinds of values that JSON drops or turns into something else. */
const NOT_JSON: ReadonlySet<unknown> = new Set(
  'Date BigInt Uint8Array Symbol Function Constructor Promise Iterator AsyncIterator'.split(' '),
);

/** Refuses a schema whose data would fit when it is added, and not when it is taken. */
function checkKinds(option: string, schema: TSchema, of: string): void {
  const refuse = (kind: unknown): never => {
    throw new ConfigurationError({
      code: ErrorCode.CONFIG_INVALID,
      message: `\`${option}\` of ${of} must be a schema of JSON that can be checked, got one with Type.${kind}(). Use what JSON has, such as Type.String().`,
      details: { option },
    });
  };
  const seen = new Set<unknown>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return;
    seen.add(part);
    const { [Kind]: kind } = part as { [Kind]?: unknown };
    // TypeBox does not check it, unless the application has registered how.
    const isUnchecked = kind === 'Unsafe' && !TypeRegistry.Has(kind);
    if (NOT_JSON.has(kind) || isUnchecked) refuse(kind);
    for (const value of Object.values(part)) visit(value);
  };
  visit(schema);
  // BullMQ stores {} in place of no data.
  if (['Undefined', 'Void'].includes(schema[Kind])) refuse(schema[Kind]);
}

const OPTIONS = optionNames<TaskQueueOptions<TaskTypes>>({
  types: true,
  attempts: true,
  baseDelayMs: true,
  maxDelayMs: true,
  prefix: true,
  redis: true,
});

/** Checks where a queue is: its scripts use several keys, which a cluster must keep on one node. */
export function checkRedis(name: string, redis: RedisOptions, prefix: string | undefined): void {
  const of = `queue "${name}"`;
  if (typeof redis !== 'object' || redis === null) {
    throw optionError('redis', 'the options of a connection', redis, { of });
  }
  redisTarget(name, redis);
  if (redis.cluster === undefined || prefix === undefined || /\{[^}]+\}/.test(prefix)) return;
  const expected = `a string with a part in braces in cluster mode, such as "{${name}}"`;
  throw optionError('prefix', expected, prefix, { of });
}
