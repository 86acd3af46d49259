import { parseArgs } from 'node:util';
import { APIError, ErrorCode } from '@map/errors';
import { closest } from '@map/redaction/kernel';

/** The commands with their descriptions, in the order of the help text. */
export const COMMANDS = {
  check: 'validate the settings of this environment; exit code 1 with every problem',
  print: 'show the settings with secrets masked',
  explain: 'describe one setting and show where its value comes from: explain NAME',
  docs: 'write the reference of all settings as Markdown',
  'env-example': 'write an .env.example',
  'json-schema': 'write the JSON Schema of the settings',
  doctor: 'test Redis, HTTP providers, port, log file and queues',
  dashboards: 'write the Grafana dashboard: dashboards [FILE]',
  alerts: 'write the alert rules for Prometheus: alerts [FILE]',
  codes: 'list the error codes, or describe those that match: codes [NAME]',
} as const;

/** Name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** A parsed command line. */
export interface CommandLine {
  /** The command, or `help` or `version`. */
  readonly command: CommandName | 'help' | 'version';
  /** The words after the command. */
  readonly operands: readonly string[];
  /** Whether to write JSON for machines. */
  readonly json: boolean;
  /** Whether `check` also compares `.env` with the way python-dotenv reads it. */
  readonly pythonEnv: boolean;
  /** Whether `check` shows only settings that differ from their defaults. */
  readonly changed: boolean;
  /** Path of a module with the user's own settings definition. */
  readonly settings: string | undefined;
  /** US dollars that the models of one service may cost a day, for `alerts`. */
  readonly budgetUsd: number | undefined;
  /** Limit of one probe of `doctor`, in milliseconds. */
  readonly timeoutMs: number;
}

const OPTIONS = {
  json: { type: 'boolean' },
  'python-env': { type: 'boolean' },
  changed: { type: 'boolean' },
  settings: { type: 'string' },
  'timeout-ms': { type: 'string' },
  'budget-usd': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The largest number of words that each command takes after its name. */
const OPERANDS: Partial<Record<CommandName, number>> = {
  explain: 1,
  dashboards: 1,
  alerts: 1,
  codes: 1,
};

/**
 * Parses the words after `map-config`.
 *
 * @param words The command line without the program's name.
 * @returns The command with its options.
 * @throws `BAD_REQUEST_2001` for an unknown command or option; the message lists the valid ones.
 */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = parse(words);
  const [name, ...operands] = positionals;
  const line = {
    operands,
    json: values.json ?? false,
    pythonEnv: values['python-env'] ?? false,
    changed: values.changed ?? false,
    settings: values.settings,
    timeoutMs: readTimeout(values['timeout-ms']),
    budgetUsd: readBudget(values['budget-usd']),
  };
  if (values.version) return { ...line, command: 'version' };
  if (values.help || name === undefined || name === 'help') return { ...line, command: 'help' };
  if (!isCommand(name)) {
    const known = Object.keys(COMMANDS);
    throw usage(`Unknown command "${name}".${hint(name, known)} Use one of: ${known.join(', ')}.`);
  }
  const allowed = OPERANDS[name] ?? 0;
  if (operands.length > allowed) {
    throw usage(`Unexpected argument "${operands[allowed]}" for "${name}".`);
  }
  if (name === 'explain' && operands.length === 0) {
    throw usage('"explain" requires the name of a setting, for example: explain REDIS_URL.');
  }
  return { ...line, command: name };
}

/** Returns the text of `map-config --help`. */
export function helpText(): string {
  const lines = Object.entries(COMMANDS).map(([name, what]) => `  ${name.padEnd(13)}${what}`);
  return [
    'Usage: map-config <command> [options]',
    '',
    ...lines,
    '',
    'Options',
    '  --settings <file>    a module that exports your settings definition (.js, .ts)',
    '  --json               print JSON',
    '  --python-env         check: also name the lines of .env that python-dotenv reads differently',
    '  --changed            check: only settings that differ from their defaults',
    '  --timeout-ms <ms>    doctor: time limit of each probe; 3000 by default',
    '  --budget-usd <n>     alerts: daily budget for the models of one service; 100 by default',
    '  -h, --help           show this help',
    '  -v, --version        show the version',
    '',
    'Secrets are always masked. Terminals show colours; NO_COLOR disables them.',
  ].join('\n');
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('. ');
    const option = /^Unknown option '--([\w-]+)/.exec(reason)?.[1] ?? '';
    throw usage(`${reason}.${hint(option, Object.keys(OPTIONS), '--')} See map-config --help.`);
  }
}

/** A question with the most similar word; empty without one. */
function hint(word: string, known: readonly string[], before = ''): string {
  const meant = closest(word, known);
  return meant === undefined ? '' : ` Did you mean ${before}${meant}?`;
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return 3_000;
  const timeoutMs = Number(text);
  if (/^\d+$/.test(text) && timeoutMs >= 1 && timeoutMs <= 600_000) return timeoutMs;
  throw usage(`--timeout-ms must be a whole number from 1 to 600000, got "${text}".`);
}

function readBudget(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const budget = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && budget > 0) return budget;
  throw usage(`--budget-usd must be a positive number, got "${text}".`);
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function usage(message: string): APIError {
  return new APIError({ code: ErrorCode.BAD_REQUEST, message });
}
