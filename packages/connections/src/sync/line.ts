import { BaseError, ConnectionError, ErrorCode } from '@map/errors';
import { closedError } from '../core/errors.ts';
import { commandTraits } from '../redis/commands.ts';
import type { RedisOptions } from '../redis/settings.ts';
import type { Question } from './protocol.ts';
import { Thread } from './thread.ts';

/** How long the worker may take to start, on top of a command's own limit. */
const startMs = 10_000;

/** How long the worker may exceed the limit that it enforces itself. */
const graceMs = 500;

/** The line to a worker thread, which is replaced when it does not reply or has exited. */
export class Line {
  readonly #file: string;
  readonly #options: RedisOptions;
  readonly #timeoutMs: number;
  #thread: Thread | undefined;
  #lastId = 0;
  #closed = false;

  /**
   * @param file - Path of the worker's code.
   * @param timeoutMs - Limit for each call, in milliseconds.
   */
  constructor(file: string, options: RedisOptions, timeoutMs: number) {
    this.#file = file;
    this.#options = options;
    this.#timeoutMs = timeoutMs;
  }

  /** Blocks until the reply; throws a coded error. */
  ask(question: Question): unknown {
    if (this.#closed) throw closedError('sync');
    // A script that never yields is not notified of a thread that ended between two calls.
    if (this.#thread?.hasExited()) this.#stop();
    const isNew = this.#thread === undefined;
    this.#thread ??= new Thread(this.#file, this.#options, (thread) => {
      if (this.#thread === thread) this.#stop();
    });
    this.#lastId += 1;
    const patienceMs = this.#timeoutMs + graceMs + (isNew ? startMs : 0);
    const reply = this.#thread.ask({ id: this.#lastId, question }, patienceMs);
    if (typeof reply === 'string') {
      this.#stop();
      if (reply === 'not started') throw notStartedError(question, patienceMs);
      throw reply === 'late' ? lateError(question, this.#timeoutMs) : exitedError(question);
    }
    if ('error' in reply) throw BaseError.fromJSON(reply.error);
    return reply.value;
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    this.#thread?.end();
    this.#thread = undefined;
  }
}

function lateError(question: Question, timeoutMs: number): BaseError {
  const operation = operationOf(question);
  return new ConnectionError({
    code: ErrorCode.CONNECTION_TIMEOUT,
    message: `Synchronous Redis did not reply within ${timeoutMs} ms. The worker was stopped; the next call starts a new one.`,
    details: { pool: 'sync', operation, timeout_ms: timeoutMs },
    retryable: commandTraits(operation).repeatable || 'conditional',
  });
}

/** The file may not be the worker, or may be bundled without its dependencies. */
function notStartedError(question: Question, timeout_ms: number): BaseError {
  return new ConnectionError({
    code: ErrorCode.CONNECTION_TIMEOUT,
    message: `The synchronous Redis worker did not start within ${timeout_ms} ms. In a bundle, \`worker\` must be the path of '@map/connections/sync-worker', built as a separate entry.`,
    details: { pool: 'sync', operation: operationOf(question), timeout_ms },
    // Nothing was sent to the server.
    retryable: true,
  });
}

function exitedError(question: Question): BaseError {
  const operation = operationOf(question);
  return new ConnectionError({
    code: ErrorCode.CONNECTION_RESET,
    message: `The synchronous Redis worker exited during ${operation}. The command may have been executed.`,
    details: { pool: 'sync', operation },
    ...(commandTraits(operation).repeatable && { retryable: true }),
  });
}

function operationOf(question: Question): string {
  return question.type === 'command' ? question.path.join('.').toUpperCase() : 'MULTI';
}
