import { execFile, execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ASK_MS = 20_000;
const PULL_MS = 600_000;

/** A container runtime that answers, and the image in which a program is. */
export interface Container {
  /** `docker` or `podman`. */
  readonly runtime: string;
  readonly image: string;
}

/**
 * Finds a container runtime that answers, and fetches the image if it lacks it.
 *
 * @param image - with its registry and tag
 * @throws Error that says why neither runtime can run it
 */
export async function findContainer(image: string): Promise<Container> {
  const failures: string[] = [];
  for (const runtime of ['docker', 'podman']) {
    try {
      await run(runtime, ['info'], { timeout: ASK_MS });
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      failures.push(isMissing ? `no ${runtime}` : `${runtime} does not answer`);
      continue;
    }
    try {
      await run(runtime, ['image', 'inspect', image], { timeout: ASK_MS }).catch(() =>
        run(runtime, ['pull', '--quiet', image], { timeout: PULL_MS }),
      );
      return { runtime, image };
    } catch {
      failures.push(`${runtime} cannot pull ${image}`);
    }
  }
  throw new Error(failures.join(', '));
}

/** The command of a container, and the resources that it shares with the machine. */
export interface ContainerRun {
  readonly program: string;
  readonly args: readonly string[];
  /** The server's folder, at the same path inside. */
  readonly directory: string;
  readonly port: number;
}

/**
 * The command that runs a server in a container which ends with it. On Linux the container shares
 * the machine's network, so that servers reach each other; elsewhere it publishes the one port.
 *
 * @returns the command, and how to reach the server, since signals to the command do not
 */
export function containerCommand(
  { runtime, image }: Container,
  { program, args, directory, port }: ContainerRun,
): {
  command: string;
  args: string[];
  env: Record<string, string>;
  sendSignal(signal: NodeJS.Signals): void;
  end: string[];
} {
  const name = basename(directory);
  // podman's root is the caller; docker's is root, and could not be removed by the caller.
  const user =
    runtime === 'podman' ? '0:0' : `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const network =
    process.platform === 'linux'
      ? ['--network', 'host']
      : ['--publish', `127.0.0.1:${port}:${port}`];
  const sendSignal = (signal: NodeJS.Signals): void => {
    execFileSync(runtime, ['kill', '--signal', signal, name], { stdio: 'ignore' });
  };
  // The runtime's own settings: where its daemon, its storage and its sockets are.
  const settings = Object.entries(process.env).flatMap(([key, value]) =>
    value !== undefined && /^(HOME|(DOCKER|CONTAINERS?|XDG)_\w+)$/.test(key) ? [[key, value]] : [],
  );
  return {
    command: runtime,
    args: [
      ...['run', '--rm', '--name', name, '--user', user, ...network],
      ...['--volume', `${directory}:${directory}:z`, '--workdir', directory],
      ...['--entrypoint', program, image, ...args],
    ],
    env: Object.fromEntries(settings) as Record<string, string>,
    sendSignal,
    end: [runtime, 'rm', '--force', name],
  };
}
