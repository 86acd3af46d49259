import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type RedisServer, startRedis } from '@map-tooling/testing';

/** The servers that a step talks to. */
export interface Servers {
  readonly redis: RedisServer;
  readonly modelUrl: string;
  stop(): Promise<void>;
}

/** Starts a Redis, and a model server in a separate process. */
export async function startServers(): Promise<Servers> {
  const redis = await startRedis();
  const script = fileURLToPath(new URL('./model-server.ts', import.meta.url));
  const model: ChildProcess = fork(script, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  const [port] = (await once(model, 'message')) as [number];
  return {
    redis,
    modelUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
    stop: async () => {
      model.kill();
      await redis.stop();
    },
  };
}
