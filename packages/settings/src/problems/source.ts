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
      return `file ${source.file}${renamed(source.name, variable)}`;
    case 'env-file':
      return `${source.file} line ${source.line}${renamed(source.name, variable)}`;
    case 'default':
      return 'default';
    case 'none':
      return 'not set';
  }
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
