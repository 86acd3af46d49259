import { containerCommand } from './container.ts';
import { type Program, provide } from './provision.ts';
import type { ServerProcessOptions } from './server-process.ts';

/**
 * Finds a server that speaks Redis: an installed one, Debian's, or one in a container.
 *
 * @throws Error that says what to install where none is available
 */
export function provideRedis(): Promise<Program> {
  return provide({
    name: 'redis-server',
    otherNames: ['valkey-server', 'keydb-server'],
    packages: ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'],
    image: 'docker.io/library/redis:7.4-alpine',
    install: { fedora: 'valkey', arch: 'valkey', alpine: 'valkey', macos: 'valkey' },
  });
}

/** The command that runs such a server on a port, in its folder. */
export function redisCommand(
  { path, env, container }: Program,
  directory: string,
  port: number,
  args: string[],
): Pick<ServerProcessOptions, 'command' | 'args' | 'env' | 'sendSignal' | 'end'> {
  if (!container) return { command: path, args, env };
  // A port that is published reaches the container's own address, not its loopback.
  const reachable =
    process.platform === 'linux' ? [] : ['--bind', '0.0.0.0', '--protected-mode', 'no'];
  return containerCommand(container, {
    program: path,
    args: [...args, ...reachable],
    directory,
    port,
  });
}
