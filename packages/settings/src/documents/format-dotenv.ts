import { ConfigurationError, ErrorCode } from '@map/errors/core';
import { describeValue, isObject } from '@map/redaction/kernel';
import { DOTENV_NAME } from '../sources/dotenv.ts';

/**
 * Formats values as the content of a `.env` file that reads back as the same values.
 *
 * @param values Strings by variable name.
 * @returns One assignment for each value.
 * @throws ConfigurationError `CONFIG_INVALID_3002` for a name or a value that a `.env` file cannot contain.
 *
 * @example
 * ```ts
 * import { formatDotenv } from '@map/settings/generate';
 *
 * formatDotenv({ GREETING: "it's #1" }); // 'GREETING=`it\'s #1`\n'
 * ```
 */
export function formatDotenv(values: Readonly<Record<string, string>>): string {
  if (!isObject(values)) throw invalid('an object of strings', describeValue(values));
  return Object.entries(values)
    .map(([name, value]) => assignment(name, value))
    .join('');
}

function assignment(name: string, value: string): string {
  if (!DOTENV_NAME.test(name)) {
    throw invalid('an object with variable names as keys', JSON.stringify(name.slice(0, 40)));
  }
  if (typeof value !== 'string') {
    throw invalid('an object of strings', `${describeValue(value)} for ${name.slice(0, 40)}`);
  }
  return `${name}=${quote(name, value)}\n`;
}

function invalid(expected: string, got: string): ConfigurationError {
  return new ConfigurationError({
    code: ErrorCode.CONFIG_INVALID,
    message: `\`values\` must be ${expected}, got ${got}.`,
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
    message: `${name} contains ${what}, which a .env file cannot contain. Use ${name}_FILE instead.`,
  });
}
