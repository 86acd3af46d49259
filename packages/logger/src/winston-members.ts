import type { WinstonBridge } from './winston-module.ts';

interface Bridged {
  readonly logging?: { winston(): WinstonBridge; winstonPrototype(): object };
}

/**
 * The members of winston's logger and of the stream it is that `TraceLogger` has none of its own
 * for. Listed, so that asking a logger for any other name (`then`, `toJSON`) loads nothing.
 */
const MEMBERS: ReadonlySet<string> = new Set(
  `addListener close configure cork defaultMeta destroy destroyed emit emitErrs end eventNames
  exceptions exitOnError format getHighestLogLevel getMaxListeners handleExceptions
  handleRejections isPaused listenerCount listeners off on once pause pipe prependListener
  prependOnceListener profilers push query rawListeners read readable readableEnded
  readableFlowing readableHighWaterMark readableLength readableObjectMode rejections
  removeAllListeners removeListener resume setDefaultEncoding setEncoding setLevels
  setMaxListeners stream uncork unhandleExceptions unhandleRejections unpipe unshift wrap
  writable writableBuffer writableEnded writableFinished writableHighWaterMark writableLength
  writableObjectMode write cli errored closed _readableState _writableState _events _eventsCount
  _write _transform _final _flush _read _onEvent _addDefaultMeta _destroy _writev _undestroy
  _maxListeners readableBuffer`.split(/\s+/),
);

/**
 * What `TraceLogger` inherits from. winston takes some 50 ms to load, so a logger is a winston
 * logger only from the moment somebody asks for it: by one of the members, or by `instanceof`.
 */
export const winstonMembers: object = new Proxy(Object.create(null) as object, {
  get(_target, key, receiver: Bridged) {
    if (typeof key !== 'string') return Reflect.get(Object.prototype, key, receiver);
    if (!MEMBERS.has(key)) return Reflect.get(Object.prototype, key, receiver);
    const bridge = receiver.logging?.winston() as unknown as Record<string, unknown> | undefined;
    const member = bridge?.[key];
    if (typeof member !== 'function') return member;
    return (...args: unknown[]): unknown => {
      const result: unknown = member.apply(bridge, args);
      return result === bridge ? receiver : result;
    };
  },
  has(_target, key) {
    return (typeof key === 'string' && MEMBERS.has(key)) || key in Object.prototype;
  },
  set(_target, key, value, receiver: Bridged) {
    if (typeof key === 'string' && MEMBERS.has(key) && receiver.logging !== undefined) {
      return Reflect.set(receiver.logging.winston(), key, value);
    }
    return Reflect.defineProperty(receiver, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  },
  getPrototypeOf() {
    return winstonPrototype();
  },
});

let winstonPrototype = (): object => Object.prototype;

/** Says where winston's prototype comes from. */
export function inheritFrom(prototype: () => object): void {
  winstonPrototype = prototype;
}
