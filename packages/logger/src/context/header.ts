/** Any value as an object whose members may be read. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Reads a header of Node's object, of a `Headers`, or of any record, whatever its case. */
export function header(headers: unknown, name: string): unknown {
  const source = record(headers);
  try {
    if (typeof source['get'] === 'function') return source['get'](name) ?? undefined;
    if (source[name] !== undefined) return source[name];
    for (const key of Object.keys(source)) if (key.toLowerCase() === name) return source[key];
  } catch {
    // An unreadable value counts as missing.
  }
  return undefined;
}
