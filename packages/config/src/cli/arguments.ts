import { parseArgs } from 'node:util';
import { APIError, ErrorCode } from '@map/errors';

/** The commands and what each does, in the order of the help text. */
export const COMMANDS = {
  check: 'validate the settings of this environment; exit code 1 with every problem',
  print: 'show the settings with secrets masked',
  explain: 'tell where a setting comes from and what it means: explain NAME',
  docs: 'write the reference of all settings as Markdown',
  'env-example': 'write an .env.example',
  'json-schema': 'write the JSON Schema of the settings',
  doctor: 'try out what is configured: Redis, HTTP providers, port, log file',
  codes: 'list every error code',
} as const;

/** Name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** What was asked for on the command line. */
export interface CommandLine {
  /** The command, or `help` or `version`. */
  readonly command: CommandName | 'help' | 'version';
  /** What follows the command. */
  readonly operands: readonly string[];
  /** Whether to write JSON for machines. */
  readonly json: boolean;
  /** Path of a module with the user's own settings definition. */
  readonly settings: string | undefined;
  /** Limit of one probe of `doctor`, in milliseconds. */
  readonly timeoutMs: number;
}

const OPTIONS = {
  json: { type: 'boolean' },
  settings: { type: 'string' },
  'timeout-ms': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** How many words each command takes after its name, at most. */
const OPERANDS: Partial<Record<CommandName, number>> = { explain: 1, codes: 1 };

/**
 * Reads the words after `map-config`.
 *
 * @param words The command line without the program's name.
 * @returns The command with its options.
 * @throws `BAD_REQUEST_2001` for an unknown command or option, naming it and the ones there are.
 */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = parse(words);
  const [name, ...operands] = positionals;
  const line = {
    operands,
    json: values.json ?? false,
    settings: values.settings,
    timeoutMs: readTimeout(values['timeout-ms']),
  };
  if (values.version) return { ...line, command: 'version' };
  if (values.help || name === undefined || name === 'help') return { ...line, command: 'help' };
  if (!isCommand(name)) {
    throw usage(`There is no command "${name}". Use one of: ${Object.keys(COMMANDS).join(', ')}.`);
  }
  const allowed = OPERANDS[name] ?? 0;
  if (operands.length > allowed) {
    throw usage(`"${name}" does not take "${operands[allowed]}".`);
  }
  if (name === 'explain' && operands.length === 0) {
    throw usage('"explain" needs the name of a setting, for example: explain REDIS_URL.');
  }
  return { ...line, command: name };
}

/** The text of `map-config --help`. */
export function helpText(): string {
  const lines = Object.entries(COMMANDS).map(([name, what]) => `  ${name.padEnd(13)}${what}`);
  return [
    'Usage: map-config <command> [options]',
    '',
    ...lines,
    '',
    'Options',
    '  --settings <file>    a module that exports your own settings definition (.js, .ts)',
    '  --json               JSON for machines',
    '  --timeout-ms <ms>    limit of one probe of doctor, 3000 when left out',
    '  -h, --help           this text',
    '  -v, --version        the version',
    '',
    'Secrets are always masked. Colour is used on a terminal; NO_COLOR turns it off.',
  ].join('\n');
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage(`${(error as Error).message.split('. ')[0]}. See map-config --help.`);
  }
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return 3_000;
  const timeoutMs = Number(text);
  if (/^\d+$/.test(text) && timeoutMs >= 1 && timeoutMs <= 600_000) return timeoutMs;
  throw usage(`--timeout-ms is "${text}". Use a whole number from 1 to 600000.`);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function usage(message: string): APIError {
  return new APIError({ code: ErrorCode.BAD_REQUEST, message });
}
