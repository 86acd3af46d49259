/** The headers of a response as undici gives them: names in lower case, values decoded as Latin-1. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The value of one header; several are joined as in `Headers`. */
export function headerOf(raw: RawHeaders, name: string): string | null {
  const value = raw[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}

/**
 * Adds headers, one that came several times as often. The constructors of `Response` and `Headers`
 * would take half as long again, because they check an object of strings twice.
 */
export function appendHeaders(headers: Headers, raw: RawHeaders): void {
  for (const name of Object.keys(raw)) {
    const value = raw[name];
    if (typeof value === 'string') headers.append(name, value);
    else for (const one of value ?? []) headers.append(name, one);
  }
}
