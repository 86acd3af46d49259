import { ConfigurationError, ErrorCode } from '@map/errors/core';
import { DOTENV_NAME } from '../sources/dotenv.ts';

/**
 * Writes a `.env` text that reads back as the given values, whatever they hold.
 *
 * @param values Texts by variable name.
 * @returns One assignment a line, or more for a value with line breaks.
 * @throws ConfigurationError `CONFIG_INVALID_3002` for a name or a value that no `.env` text can hold.
 *
 * @example
 * ```ts
 * import { formatDotenv } from '@map/settings/generate';
 *
 * formatDotenv({ GREETING: "it's #1" }); // 'GREETING=`it\'s #1`\n'
 * ```
 */
export function formatDotenv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => assignment(name, value))
    .join('');
}

function assignment(name: string, value: string): string {
  if (DOTENV_NAME.test(name)) return `${name}=${quote(name, value)}\n`;
  throw new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `${JSON.stringify(name.slice(0, 40))} is not a variable name.`,
  });
}

function quote(name: string, value: string): string {
  if (/^[\w.,:/@%+=~-]*$/.test(value)) return value;
  if (/[\r\0]/.test(value)) throw unwritable(name, 'a carriage return or a NUL character');
  if (!value.includes("'")) return `'${value}'`;
  const escaped = value.replaceAll('${', '\\${');
  if (!value.includes('`')) return `\`${escaped}\``;
  if (!value.includes('"') && !value.includes('\\n')) return `"${escaped}"`;
  throw unwritable(name, 'all three kinds of quotes');
}

function unwritable(name: string, what: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `${name} holds ${what}, which a .env file cannot hold: use ${name}_FILE instead.`,
  });
}
