// The worker thread, seen from the thread that waits for it.
//
// The waiting thread stops in `Atomics.wait` on a counter that the worker raises with every reply,
// then takes the reply from the message port. While it waits it receives no events, not even that of
// the worker's end, and a worker that runs out of memory sends no message at all. But Node closes
// the file descriptors that a thread has opened when it ends. So the worker opens a file that always
// exists, the program that runs, and leaves the descriptor in the shared memory, and the waiting
// thread checks every 50 ms whether that still leads to the same file. In Deno each thread has its
// own descriptors: there a call waits until its limit for a worker that has exited.

import { fstatSync, statSync } from 'node:fs';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { argumentError } from '../core/errors.ts';
import type { RedisOptions } from '../redis/settings.ts';
import {
  descriptorAt,
  notStarted,
  type Reply,
  repliesAt,
  type Task,
  unseen,
  type WorkerSetup,
} from './protocol.ts';
import { isSource } from './worker-file.ts';

/** How often a call checks whether the worker is still alive. */
const checkMs = 50;

/** Lets a worker that runs this package's source find that of the others; inherited if it is set. */
const condition = '--conditions=@map/source';

/** A worker thread that talks to Redis; see the head of this file. */
export class Thread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #shared: Int32Array = new Int32Array(new SharedArrayBuffer(8));
  readonly #inode: number;

  /**
   * @param file - Path of the worker's code.
   * @param onExit - Called when the thread has ended and this one is free to be notified.
   */
  constructor(file: string, options: RedisOptions, onExit: (thread: Thread) => void) {
    const { port1, port2 } = new MessageChannel();
    // Not the worker's own file, which is inside of an archive under Yarn's Plug'n'Play.
    const setup: WorkerSetup = { shared: this.#shared, options, file: process.execPath };
    this.#inode = statSync(setup.file).ino;
    this.#port = port1;
    this.#worker = new Worker(file, {
      workerData: { ...setup, port: port2 },
      transferList: [port2],
      ...(isSource() && !process.execArgv.includes(condition) && { execArgv: [condition] }),
    });
    // The call in flight throws.
    this.#worker.on('error', () => {});
    this.#worker.on('exit', () => onExit(this));
    this.#worker.unref();
    port1.unref();
  }

  /**
   * Sends a task and blocks until its reply.
   *
   * @returns The reply, or why it is missing.
   */
  ask(task: Task, timeoutMs: number): Reply | 'late' | 'exited' | 'not started' {
    let replies = Atomics.load(this.#shared, repliesAt);
    this.#send(task);
    const until = performance.now() + timeoutMs;
    for (;;) {
      const left = until - performance.now();
      const woken = Atomics.wait(this.#shared, repliesAt, replies, Math.min(left, checkMs));
      replies = Atomics.load(this.#shared, repliesAt);
      // Checked before the reply is looked for: it may have replied before it ended.
      const hasExited = woken === 'timed-out' && this.hasExited();
      const reply = this.#receive(task.id);
      if (reply !== undefined) return reply;
      if (hasExited) return 'exited';
      if (left > 0) continue;
      const hasStarted = Atomics.load(this.#shared, descriptorAt) !== notStarted;
      return hasStarted ? 'late' : 'not started';
    }
  }

  /** Whether the thread has ended. */
  hasExited(): boolean {
    const descriptor = Atomics.load(this.#shared, descriptorAt);
    if (descriptor === notStarted || descriptor === unseen) return false;
    try {
      return fstatSync(descriptor).ino !== this.#inode;
    } catch {
      return true;
    }
  }

  end(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  #send(task: Task): void {
    try {
      this.#port.postMessage(task);
    } catch (error) {
      // The message of the error may show the argument.
      throw argumentError('Arguments of synchronous Redis must be strings, numbers and bytes.', {
        cause: (error as Error).name,
      });
    }
  }

  #receive(id: number): Reply | undefined {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined;
      // An older reply belongs to a task that was abandoned.
      if (received === undefined || received.message.id === id) return received?.message;
    }
  }
}
