/** The headers of a response as undici gives them: names in lower case, values decoded as Latin-1. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The value of one header; several are joined as in `Headers`. */
export function headerOf(raw: RawHeaders, name: string): string | null {
  const value = raw[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}

/**
 * Lists headers for the constructor of `Response`: from a list it makes its own in 2 µs, from an
 * object of the class `Headers` in 20.
 */
export function listHeaders(raw: RawHeaders): [string, string][] {
  const list: [string, string][] = [];
  for (const name in raw) {
    const value = raw[name];
    if (typeof value === 'string') list.push([name, value]);
    else if (value !== undefined) for (const one of value) list.push([name, one]);
  }
  return list;
}
