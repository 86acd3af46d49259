import { MASK, redactText } from '@map/redaction';

/** Where a value came from. */
export type SettingSource =
  | { readonly kind: 'override' }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'secret-file'; readonly name: string; readonly file: string }
  | {
      readonly kind: 'env-file';
      readonly name: string;
      readonly file: string;
      readonly line: number;
    }
  | { readonly kind: 'default' }
  | { readonly kind: 'none' };

/** A value that a source offers for a variable, before coercion. */
export interface Candidate {
  readonly raw: unknown;
  readonly source: SettingSource;
  /** Why the value cannot be used, such as an unreadable secret file. */
  readonly fault?: string;
}

/** Whether a value is a string without content: empty, or blanks alone. */
export function isBlankText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/**
 * Describes where a value came from.
 * @param source The source of a resolved or shadowed value.
 * @param variable The variable's own name; a different name in the source is mentioned.
 * @returns A phrase such as `.env line 3`.
 */
export function describeSource(source: SettingSource, variable?: string): string {
  switch (source.kind) {
    case 'override':
      return 'override';
    case 'environment':
      return `environment${renamed(source.name, variable)}`;
    case 'secret-file':
      return `file ${shownFile(source.file)}${renamed(source.name, variable)}`;
    case 'env-file':
      return `${shownFile(source.file)} line ${source.line}${renamed(source.name, variable)}`;
    case 'default':
      return 'default';
    case 'none':
      return 'not set';
  }
}

/** A random word, which a path without a folder and an ending rarely is. */
const KEY = /^(?=[A-Za-z_=+~-]*\d)(?=[\d_=+~-]*[A-Za-z])[\w=+~-]{16,}$/;

/** A password with a digit and a sign that names of files do not have. */
const PASSWORD =
  /^(?!\$)(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])(?=[\w=+~-]*[!@#%^&*?])[\w=+~!@#$%^&*?-]{8,}$/;

/**
 * A path as it may be shown: by mistake `OPENAI_API_KEY_FILE` may have the key itself, or
 * `REDIS_PASSWORD_FILE` the password.
 */
export function shownFile(file: string): string {
  return KEY.test(file) || PASSWORD.test(file) ? MASK : redactText(file);
}

/** A source as it may be shown. */
export function shownSource(source: SettingSource): SettingSource {
  return 'file' in source ? { ...source, file: shownFile(source.file) } : source;
}

/** Cuts the middle out of a name that is too long for a message. */
export function shorten(name: string): string {
  return name.length > 200 ? `${name.slice(0, 100)}…${name.slice(-100)}` : name;
}

function renamed(name: string, variable: string | undefined): string {
  return variable === undefined || name === variable ? '' : `, as ${shorten(name)}`;
}

/** The strength of a source: a higher rank wins. */
export function rankOf(source: SettingSource): number {
  return ['none', 'default', 'env-file', 'secret-file', 'environment', 'override'].indexOf(
    source.kind,
  );
}
