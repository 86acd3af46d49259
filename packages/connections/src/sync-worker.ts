import { openSync } from 'node:fs';
import { type MessagePort, workerData } from 'node:worker_threads';
// By its public name, so that the manager is not built into this file as well.
import { ConnectionManager } from '@map/connections';
import type { ErrorJSON } from '@map/errors';
import { coded } from './coded.ts';
import type { Members } from './redis-guard.ts';
import type { RedisOptions } from './redis-settings.ts';
import { type Recording, replay } from './redis-transaction.ts';

/** A question of the thread that waits. */
export interface Task {
  readonly id: number;
  readonly question:
    | { readonly type: 'command'; readonly path: readonly string[]; readonly args: unknown[] }
    | ({ readonly type: 'transaction' } & Recording);
}

/** What came of it. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ErrorJSON };

interface Data {
  readonly port: MessagePort;
  /** A bell that rings with every answer, and the descriptor of a file that is open while this lives. */
  readonly shared: Int32Array;
  readonly options: RedisOptions;
}

const { port, shared, options } = workerData as Data;
Atomics.store(shared, 1, openSync(new URL(import.meta.url), 'r'));
const manager = new ConnectionManager({ redis: options });

port.on('message', ({ id, question }: Task) => {
  void carryOut(question).then(
    (value) => answer({ id, value }),
    (error: unknown) => answer({ id, error: codedJson(error) }),
  );
});

function answer(message: Answer): void {
  try {
    port.postMessage(message);
  } catch (error) {
    port.postMessage({ id: message.id, error: codedJson(error) } satisfies Answer);
  }
  Atomics.add(shared, 0, 1);
  Atomics.notify(shared, 0);
}

function codedJson(error: unknown): ErrorJSON {
  return coded(error, { pool: 'sync', kind: 'redis' }).toJSON();
}

async function carryOut(question: Task['question']): Promise<unknown> {
  return await manager.redisConnection((redis) => {
    const client = redis as unknown as Members;
    if (question.type === 'transaction')
      return replay(client['multi']?.() as Members, revive(question));
    const [first = '', second] = question.path;
    const owner = second === undefined ? client : (client[first] as unknown as Members);
    return owner[second ?? first]?.(...question.args.map(asBuffer));
  });
}

function revive(recording: Recording): Recording {
  const steps = recording.steps.map((step) => ({ ...step, args: step.args.map(asBuffer) }));
  return { ...recording, steps };
}

/** A Buffer arrives from another thread as plain bytes, also inside lists and objects. */
function asBuffer(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(asBuffer);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, asBuffer(one)]));
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asBuffer(one)]));
}
