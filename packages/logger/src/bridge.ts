import type { Writable } from 'node:stream';
import type * as Winston from 'winston';
import { checkLevelMap, levelName, parseLevel, WINSTON_NAMES } from './level.ts';
import { WINSTON_LEVELS } from './logger.ts';
import type { Logging } from './logging.ts';
import type { SinkOutput, TransportOutput, WinstonFormat } from './output.ts';
import { reason } from './serializer.ts';
import { watchStandardStreams } from './standard-streams.ts';
import { TransportQueue, type WinstonTransport } from './transport-queue.ts';
import { patientHandler, type WinstonHandler } from './winston-handler.ts';
import type { WinstonBridge, WinstonModule } from './winston-module.ts';

type TransportConstructor = new (options?: object) => Writable & { level?: string | undefined };

interface Closing {
  close?(): unknown;
}

const MESSAGE = Symbol.for('message');
/** How long an output that was taken out may be without progress in its backlog. */
const PATIENCE_MS = 3000;

const OWN_METHODS = [
  'trace',
  'silly',
  'debug',
  'verbose',
  'http',
  'info',
  'notice',
  'warning',
  'warn',
  'error',
  'critical',
  'crit',
  'alert',
  'emerg',
  'isLevelEnabled',
  'isTraceEnabled',
  'isSillyEnabled',
  'isDebugEnabled',
  'isVerboseEnabled',
  'isInfoEnabled',
  'isWarnEnabled',
  'isErrorEnabled',
  'child',
  'startTimer',
  'profile',
] as const;

/**
 * Makes the real winston logger behind a set-up. Transports are piped, removed, ended and heard as
 * winston does it; only lines do not go through its stream: they are made in the call and handed
 * to each transport's own `write`.
 */
export function makeBridge(winston: WinstonModule, logging: Logging): WinstonBridge {
  const { Logger, Transport } = winston as unknown as {
    Logger: typeof Winston.Logger;
    Transport: TransportConstructor;
  };
  const root = logging.logger('root');
  const outputs = new Map<object, SinkOutput | TransportOutput>();
  /** Transports taken out: an error may bring one back in the same call, others have a backlog. */
  const parked = new Map<object, TransportOutput>();
  let piping = false;

  /** One of our own outputs, for `logger.transports` and all that is done with those. */
  class SinkTransport extends Transport {
    readonly name: string;
    readonly output: SinkOutput;

    constructor(output: SinkOutput) {
      super();
      this.name = output.sink.name;
      this.output = output;
      follow(this, output.level, (level) => {
        output.level = level;
        logging.regate();
      });
      Object.defineProperty(this, 'silent', {
        get: () => output.silent,
        set: (silent: unknown) => {
          output.silent = silent === true;
        },
      });
      Object.defineProperty(this, 'format', {
        get: () => output.format,
        set: (format: SinkOutput['format']) => {
          output.format = format;
        },
      });
    }

    log(info: Record<symbol, unknown>, next: () => void): void {
      this.writeLine(String(info[MESSAGE]));
      next();
    }

    /** Writes a finished line. */
    writeLine(line: string): void {
      this.output.sink.write(`${line}\n`);
    }

    override _final(callback: () => void): void {
      void this.output.sink.flush(1000).then(callback);
    }
  }

  async function leaveSink({ sink }: SinkOutput): Promise<void> {
    await sink.flush(PATIENCE_MS);
    if (!logging.outputs.sinks.some((output) => output.sink === sink)) sink.close();
  }

  async function leaveTransport(output: TransportOutput): Promise<void> {
    const { queue } = output;
    const { transport } = queue;
    parked.set(transport, output);
    logging.outputs.leaving.add(output);
    const ended = await queue.leave(PATIENCE_MS);
    logging.outputs.leaving.delete(output);
    // It may have been added again meanwhile.
    if (parked.get(transport) !== output) return;
    parked.delete(transport);
    queue.close();
    if (!ended) closeTransport(transport);
  }

  function closeTransport(transport: object): void {
    try {
      (transport as Closing).close?.();
    } catch (error) {
      logging.complain(`a log transport fails: ${reason(error)}`);
    }
  }

  class Bridge extends Logger {
    constructor() {
      super({ levels: WINSTON_LEVELS });
      const noFormat = logging.formatter;
      let meta: Record<string, unknown> | null = null;
      const live = <T>(name: string, get: () => T, set: (value: never) => void): void => {
        Object.defineProperty(this, name, { get, set, configurable: true, enumerable: true });
      };
      // What a transport without a level of its own compares with: the namespaces decided before.
      live(
        'level',
        () => 'silly',
        (level: string) => logging.setLevel('*', level),
      );
      live(
        'silent',
        () => logging.silent,
        (silent: unknown) => logging.silence(silent === true),
      );
      live(
        'format',
        () => logging.outputs.format ?? noFormat,
        (format: WinstonFormat) => {
          logging.outputs.format = format === noFormat ? undefined : format;
        },
      );
      live(
        'defaultMeta',
        () => meta,
        (fields: Record<string, unknown> | null) => {
          meta = fields;
          logging.formatter.setFields(fields ?? {});
        },
      );
      this.setMaxListeners(0);
      this.on('error', (error: unknown) =>
        logging.complain(`a log transport fails: ${reason(error)}`),
      );
    }

    override configure(options: Winston.LoggerOptions = {}): void {
      checkLevelMap(options.levels);
      const { level, silent } = root;
      super.configure({ level, silent, ...options, levels: WINSTON_LEVELS });
    }

    override pipe<T>(target: T): T {
      const { level } = target as { level?: unknown };
      // What is refused is refused before winston has it.
      if (typeof level === 'string') parseLevel(level, 'transport.level');
      piping = true;
      super.pipe(target as never);
      piping = false;
      if (!outputs.has(target as object)) this.#attach(target as WinstonTransport);
      return target;
    }

    #attach(target: WinstonTransport): void {
      if (target instanceof SinkTransport) {
        const { output } = target as SinkTransport;
        outputs.set(target, output);
        if (!logging.outputs.list.includes(output)) logging.addOutput(output);
        return;
      }
      if ('stderrLevels' in target) watchStandardStreams((message) => logging.complain(message));
      const before = parked.get(target);
      const queue =
        before?.queue ?? new TransportQueue(target, (message) => logging.complain(message));
      const output: TransportOutput = { kind: 'transport', queue, level: undefined };
      output.level = follow(target, target.level, (level) => {
        output.level = level;
        logging.regate();
      });
      outputs.set(target, output);
      logging.addOutput(output);
      if (before === undefined) return;
      parked.delete(target);
      logging.outputs.leaving.delete(before);
      queue.resume();
    }

    override unpipe(target?: never): this {
      const busy = [...outputs.values()].filter(
        (output) => output.kind === 'transport' && output.queue.load > 0,
      ) as TransportOutput[];
      // winston closes a transport here; one with a backlog is closed when that is written.
      const restore = busy.map(({ queue }) => withoutClose(queue.transport));
      super.unpipe(target);
      for (const one of restore) one();
      const left = new Set<object>(this.transports);
      for (const [transport, output] of outputs) {
        if (left.has(transport)) continue;
        outputs.delete(transport);
        logging.removeOutput(output);
        if (output.kind === 'sink') void leaveSink(output);
        else if (busy.includes(output)) void leaveTransport(output);
        else {
          parked.set(transport, output);
          process.nextTick(() => {
            if (parked.delete(transport)) output.queue.close();
          });
        }
      }
      return this;
    }

    override write(info: unknown, encoding?: unknown, callback?: unknown): boolean {
      logging.writeInfo(root, info);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') process.nextTick(done as () => void);
      return true;
    }

    override on(event: string | symbol, listener: (...args: never[]) => void): this {
      if (event !== 'data' || piping) return super.on(event, listener as never);
      logging.tap(listener as unknown as (info: object) => void);
      return this;
    }

    override off(event: string | symbol, listener: (...args: never[]) => void): this {
      if (event === 'data') logging.untap(listener as unknown as (info: object) => void);
      return super.off(event, listener as never);
    }

    override _final(callback: (error?: Error | null) => void): void {
      void logging.outputs.flush(5000).then(() => super._final(callback));
    }
  }

  // Accessors, because winston makes its handlers anew, and uses them at once, in `configure`.
  for (const name of ['exceptions', 'rejections']) {
    let handler: WinstonHandler | undefined;
    Object.defineProperty(Bridge.prototype, name, {
      get: () => handler,
      set: (made: WinstonHandler) => {
        handler = patientHandler(made, (timeoutMs) => logging.end(timeoutMs));
      },
    });
  }

  const bridge = new Bridge() as unknown as Bridge & Record<string, unknown>;
  for (const name of OWN_METHODS) {
    const method = root[name] as (...args: unknown[]) => unknown;
    const own = (...args: unknown[]): unknown => {
      const result = method.apply(root, args);
      return result === root ? bridge : result;
    };
    Object.defineProperty(bridge, name, { value: own, writable: true, configurable: true });
  }
  Object.defineProperty(bridge, 'log', {
    value: (level: unknown, ...rest: unknown[]) => {
      logging.logFromWinston(root, level, rest);
      return bridge;
    },
    writable: true,
    configurable: true,
  });
  for (const output of logging.outputs.sinks) bridge.pipe(new SinkTransport(output));
  Object.defineProperty(bridge, 'adopt', {
    value: (output: SinkOutput) => bridge.pipe(new SinkTransport(output)),
  });
  return bridge as unknown as WinstonBridge;
}

/** Takes a transport's `close` away; returns what gives it back. */
function withoutClose(transport: object): () => void {
  const own = Object.getOwnPropertyDescriptor(transport, 'close');
  Object.defineProperty(transport, 'close', { value: undefined, configurable: true });
  return () => {
    if (own === undefined) delete (transport as Closing).close;
    else Object.defineProperty(transport, 'close', own);
  };
}

/** Keeps an eye on a transport's level, which may be changed at any time. */
function follow(
  transport: { level?: string | undefined },
  level: number | string | undefined,
  changed: (level: number | undefined) => void,
): number | undefined {
  let name = typeof level === 'number' ? WINSTON_NAMES[levelName(level)] : level;
  Object.defineProperty(transport, 'level', {
    get: () => name,
    set: (value: string | undefined) => {
      const number = value === undefined ? undefined : parseLevel(value, 'transport.level');
      name = value;
      changed(number);
    },
    configurable: true,
    enumerable: true,
  });
  return name === undefined ? undefined : parseLevel(name, 'transport.level');
}
