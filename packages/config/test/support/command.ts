import { runCommandLine } from '../../src/cli/run.ts';

/** Result of one command of `map-config`. */
export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment and the working directory belong to the process: one command at a time. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Runs a command of `map-config` in this process, which saves a process per command.
 *
 * @param args The command line.
 * @param env The whole environment.
 * @param cwd The working directory.
 */
export function runCommand(
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<CommandEnd> {
  const command = previous.then(() => run(args, env, cwd));
  previous = command.catch(() => undefined);
  return command;
}

async function run(
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<CommandEnd> {
  const before = { env: process.env, cwd: process.cwd() };
  let stdout = '';
  let stderr = '';
  process.env = { PATH: before.env['PATH'] ?? '', ...env };
  process.chdir(cwd);
  try {
    const code = await runCommandLine(args, {
      print: (text) => {
        stdout += `${text}\n`;
      },
      complain: (text) => {
        stderr += `${text}\n`;
      },
      color: env['FORCE_COLOR'] === '1',
      columns: undefined,
    });
    return { code, stdout, stderr };
  } finally {
    process.env = before.env;
    process.chdir(before.cwd);
  }
}
