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

/** A value that some source offers for a variable, before coercion. */
export interface Candidate {
  readonly raw: unknown;
  readonly source: SettingSource;
  /** Why the value cannot be used, such as an unreadable secret file. */
  readonly fault?: string;
}

/**
 * Says where a value came from, for people.
 * @param source A source of a resolved or shadowed value.
 * @param variable The variable's own name; a source under another name says so.
 * @returns A short text such as `.env line 3`.
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

/** A name without its middle, if it is so long that it would flood a message. */
export function shorten(name: string): string {
  return name.length > 200 ? `${name.slice(0, 100)}…${name.slice(-100)}` : name;
}

function renamed(name: string, variable: string | undefined): string {
  return variable === undefined || name === variable ? '' : `, as ${shorten(name)}`;
}

/** How strongly a source wins over others. */
export function rankOf(source: SettingSource): number {
  return ['none', 'default', 'env-file', 'secret-file', 'environment', 'override'].indexOf(
    source.kind,
  );
}
