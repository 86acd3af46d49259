// The worker thread of `@map/connections/sync`. Bundled applications build it as its own entry.
import { openSync } from 'node:fs';
import { type MessagePort, workerData } from 'node:worker_threads';
// By its public name, so that the manager is not built into this file as well.
import { ConnectionManager } from '@map/connections';
import type { ErrorJSON } from '@map/errors';
import { codedError } from '../core/errors.ts';
import type { Members } from '../redis/client.ts';
import { type Recording, replay } from '../redis/transaction.ts';
import {
  descriptorAt,
  type Question,
  type Reply,
  repliesAt,
  type Task,
  unseen,
  type WorkerSetup,
} from './protocol.ts';

type Setup = WorkerSetup & { readonly port: MessagePort };

// Outside of such a thread this module does nothing.
if (isSetup(workerData)) serve(workerData);

function isSetup(data: unknown): data is Setup {
  return typeof data === 'object' && data !== null && 'file' in data && 'shared' in data;
}

function serve({ file, options, port, shared }: Setup): void {
  // Node closes this descriptor when the thread ends, however it ends; see `thread.ts`.
  const isSeen = process.versions['deno'] === undefined;
  Atomics.store(shared, descriptorAt, isSeen ? openSync(file, 'r') : unseen);
  const manager = new ConnectionManager({ redis: options });

  const reply = (message: Reply): void => {
    try {
      port.postMessage(message);
    } catch (error) {
      port.postMessage({ id: message.id, error: errorJson(error) } satisfies Reply);
    }
    Atomics.add(shared, repliesAt, 1);
    Atomics.notify(shared, repliesAt);
  };

  port.on('message', ({ id, question }: Task) => {
    void execute(manager, question).then(
      (value) => reply({ id, value }),
      (error: unknown) => reply({ id, error: errorJson(error) }),
    );
  });
}

function errorJson(error: unknown): ErrorJSON {
  return codedError(error, { pool: 'sync', kind: 'redis' }).toJSON();
}

async function execute(manager: ConnectionManager, question: Question): Promise<unknown> {
  return await manager.redisConnection((redis) => {
    const client = redis as unknown as Members;
    if (question.type === 'transaction') {
      return replay('sync', client['multi']?.() as Members, revive(question));
    }
    const [first = '', second] = question.path;
    const owner = second === undefined ? client : (client[first] as unknown as Members);
    return owner[second ?? first]?.(...question.args.map(asBuffer));
  });
}

function revive(recording: Recording): Recording {
  const steps = recording.steps.map((step) => ({ ...step, args: step.args.map(asBuffer) }));
  return { ...recording, steps };
}

/** A Buffer arrives from another thread as plain bytes, also inside arrays and objects. */
function asBuffer(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(asBuffer);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, asBuffer(one)]));
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asBuffer(one)]));
}
