/** The headers of a response as undici gives them: names in lower case, values decoded as Latin-1. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The value of one header; several are joined as in `Headers`. */
export function headerOf(raw: RawHeaders, name: string): string | null {
  const value = raw[name];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(', ');
}

/**
 * Prepares headers for the constructor of `Response`: from an object of strings it makes its own in
 * half the time that a list of pairs takes; an object of the class `Headers` takes ten times as long.
 */
export function initHeaders(raw: RawHeaders): Record<string, string> | [string, string][] {
  // Those of HTTP/2 have a symbol among them, which it refuses.
  if (Object.getOwnPropertySymbols(raw).length > 0) return listHeaders(raw);
  for (const name in raw) if (typeof raw[name] !== 'string') return listHeaders(raw);
  return raw as Record<string, string>;
}

/** Lists headers; one that came several times is listed as often. */
function listHeaders(raw: RawHeaders): [string, string][] {
  const list: [string, string][] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) for (const one of [value].flat()) list.push([name, one]);
  }
  return list;
}
