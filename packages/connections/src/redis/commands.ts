/** Commands that would block a shared connection for all its users. */
const blocking: ReadonlySet<string> = words(
  'BLPOP BRPOP BLMOVE BLMPOP BRPOPLPUSH BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF',
);

/** Commands that change the connection itself, and so affect every later holder. */
const stateful: ReadonlySet<string> = words(
  'SELECT WATCH UNWATCH MULTI EXEC DISCARD MONITOR RESET AUTH HELLO READONLY READWRITE ASKING ' +
    'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE QUIT',
);

/** Settings of the connection, as a method (`clientSetName`) or as words (`CLIENT SETNAME`). */
const setting = /^CLIENT[ _]?(REPLY|SETNAME|TRACKING|CACHING|NO-?EVICT|NO-?TOUCH)$/;

/** Members of a client that open, close or copy it, which is left to the manager. */
const lifecycle: ReadonlySet<string> = new Set([
  ...['connect', 'close', 'destroy', 'quit', 'QUIT', 'disconnect', 'duplicate', 'createPool'],
  ...['legacy', 'ref', 'unref', 'on', 'once', 'off', 'addListener', 'removeListener', 'emit'],
  ...['removeAllListeners', 'prependListener', 'prependOnceListener', 'setMaxListeners'],
]);

/** Commands that may be sent again when it is unknown whether they were executed. */
const repeatable: ReadonlySet<string> = words(
  'GET MGET GETRANGE STRLEN EXISTS TTL PTTL EXPIRETIME PEXPIRETIME TYPE KEYS SCAN RANDOMKEY DBSIZE ' +
    'OBJECT DUMP TOUCH GETBIT BITCOUNT BITPOS BITFIELDRO BITFIELD_RO HGET HMGET HGETALL HKEYS ' +
    'HVALS HLEN HEXISTS HSTRLEN HSCAN HRANDFIELD LRANGE LINDEX LLEN LPOS SMEMBERS SISMEMBER ' +
    'SMISMEMBER SCARD SRANDMEMBER SSCAN SINTER SUNION SDIFF SINTERCARD ZRANGE ZRANGEBYSCORE ' +
    'ZRANGEBYLEX ZREVRANGE ZSCORE ZMSCORE ZCARD ZCOUNT ZLEXCOUNT ZRANK ZREVRANK ZSCAN ZDIFF ' +
    'ZINTER ZUNION ZINTERCARD ZRANDMEMBER XRANGE XREVRANGE XLEN XINFO XPENDING XREAD PFCOUNT ' +
    'GEOPOS GEODIST GEOHASH GEOSEARCH PING ECHO TIME INFO LASTSAVE MEMORY SET MSET DEL UNLINK ' +
    'EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST HSET HDEL SADD SREM ZADD ZREM CONNECT',
);

/** Options by which a second `SET` or `ZADD` replies or acts otherwise, as when it takes a lock. */
const once = /^(?:NX|XX|GET|INCR|IF\w+)$/i;

/** The facts about a command that a guard needs. */
export interface CommandTraits {
  readonly blocking: boolean;
  readonly stateful: boolean;
  readonly repeatable: boolean;
  /** Index of the first argument that may be an option which makes it one not to be repeated. */
  readonly optionsFrom: number | undefined;
}

/**
 * Describes a command.
 *
 * @param name - Method or command name in any case: `blPop`, `BLPOP`.
 */
export function commandTraits(name: string): CommandTraits {
  const upper = name.toUpperCase();
  return {
    blocking: blocking.has(upper),
    stateful: stateful.has(upper) || setting.test(upper),
    repeatable: repeatable.has(upper),
    optionsFrom: upper === 'SET' ? 2 : upper === 'ZADD' ? 1 : undefined,
  };
}

/**
 * Describes a command by its words: `CLIENT REPLY OFF` stops all replies, `CLIENT INFO` changes
 * nothing.
 *
 * @param words - The command as it is sent.
 */
export function rawTraits(words: readonly unknown[]): CommandTraits {
  const [name = '', second = ''] = words;
  const isClient = /^client$/i.test(String(name));
  return commandTraits(isClient ? `${name} ${second}` : String(name));
}

/**
 * Returns whether a command may be sent again when it is unknown whether it was executed.
 *
 * @param traits - Of the command.
 * @param args - Its arguments as words, or as the client takes them.
 */
export function mayRepeat(
  { optionsFrom, repeatable }: CommandTraits,
  args: readonly unknown[],
): boolean {
  return repeatable && !(optionsFrom !== undefined && args.slice(optionsFrom).some(isOnce));
}

function isOnce(option: unknown): boolean {
  if (typeof option === 'string') return once.test(option);
  if (typeof option !== 'object' || option === null || Buffer.isBuffer(option)) return false;
  const entries = Object.entries(option);
  return entries.some(([name, value]) => (once.test(name) && value) || isOnce(value));
}

/** Whether a member of a client is reserved for the owner of the connection. */
export function isLifecycle(member: string): boolean {
  return lifecycle.has(member);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
