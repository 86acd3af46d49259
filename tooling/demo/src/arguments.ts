import { parseArgs } from 'node:util';

/** The options of the command line. */
export interface Arguments {
  /** How many chunk tasks to run; every chunk once when absent. */
  readonly tasks: number | undefined;
  /** Decides which model calls fail and how. */
  readonly seed: number;
  /** Keeps the process and its metrics port open until Ctrl-C. */
  readonly serve: boolean;
  /** How many processes work; 1 is the process that plans. */
  readonly processes: number;
  /** The Redis to use: an address, or `private` for one that is started; undecided when absent. */
  readonly redis: string | undefined;
  readonly help: boolean;
}

/** A command line that cannot be understood; the message says what to write instead. */
export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError';
}

export const HELP = `A small agent platform on @map/config, run on this repository's own Markdown files.

  npx -y pnpm@12 start [options]

  --tasks N   run N chunk tasks (1 to 100000); one for each chunk when left out, 20 where each
              answer costs money
  --seed N    choose which model calls fail, and how (default 7)
  --processes N  let workers and editor work in N processes (1 to 16; default 1, this one)
  --serve     afterwards keep /metrics, /health and /ready open until Ctrl-C
  --redis R   use the Redis at the address R, such as redis://localhost:6379, or a private one, which
              is started, with R = private; when left out, a Redis that answers at REDIS_URL is used
              if you agree, and a private one where nobody can be asked
  --help      show this

  REDIS_URL          Redis to ask for (default redis://localhost:6379/0)
  OPENAI_API_KEY     call OpenAI, or LLM_PROVIDERS_CONFIG__OPENAI__BASE_URL, instead of a local model
  METRICS_PORT       port of /metrics (default: a free one)
  The settings of the demo are in tooling/demo/.env; the environment wins over them.

Exit code 0 only if every task is done and every connection is closed.
`;

/**
 * Parses the command line.
 * @param argv Arguments after the script's name; a leading `--`, which package managers pass on, is ignored.
 * @throws ArgumentsError when an option is unknown or a number is not one.
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const args = argv[0] === '--' ? argv.slice(1) : [...argv];
  const values = readOptions(args);
  return {
    tasks:
      values.tasks === undefined ? undefined : wholeNumber('--tasks', values.tasks, 1, 100_000),
    seed: wholeNumber('--seed', values.seed ?? '7', 0, 2 ** 32 - 1),
    serve: values.serve ?? false,
    processes: wholeNumber('--processes', values.processes ?? '1', 1, 16),
    redis: values.redis === undefined ? undefined : redisChoice(values.redis),
    help: values.help ?? false,
  };
}

function readOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        tasks: { type: 'string' },
        seed: { type: 'string' },
        serve: { type: 'boolean' },
        processes: { type: 'string' },
        redis: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw new ArgumentsError(`${reason}. See --help.`, { cause: error });
  }
}

function redisChoice(text: string): string {
  if (text === 'private' || (/^rediss?:\/\//.test(text) && URL.canParse(text))) return text;
  // An address may hold a password, so it is not repeated.
  throw new ArgumentsError(
    '--redis must be "private" or an address such as redis://localhost:6379.',
  );
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new ArgumentsError(
    `${option} must be a whole number from ${least} to ${most}, not "${text}".`,
  );
}
