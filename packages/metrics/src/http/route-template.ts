/** Segments of a path that are looked at. A longer path has no template: it becomes `/*`. */
const MAX_SEGMENTS = 64;

/**
 * Writes the names of parameters where a path has their values: `/orgs/acme` with `{ org: 'acme' }`
 * becomes `/orgs/:org`, and the values of a wildcard become `/*name`.
 *
 * Takes time linear in the length of the path: each segment is decoded once, and found by its text.
 *
 * @param path The path of one request.
 * @param params The parameters that a router found in it. A value is found from the end of the
 * path, because the parameters of inner routers come last.
 */
export function templateOf(path: string, params: unknown): string {
  const raw = path.split('/', MAX_SEGMENTS + 1);
  if (raw.length > MAX_SEGMENTS) return '/*';
  const filled = [...raw];
  const places = new Map<string, number[]>();
  for (const [i, segment] of raw.entries()) {
    const text = decoded(segment);
    const known = places.get(text);
    if (known === undefined) places.set(text, [i]);
    else known.push(i);
  }
  for (const [name, value] of Object.entries(params ?? {}).reverse()) {
    if (Array.isArray(value)) {
      // The last wildcard value belongs to the last place, as for the parameters.
      for (const text of value.slice(-MAX_SEGMENTS).reverse()) replace(text, `*${name}`);
    } else {
      replace(value, `:${name}`);
    }
  }
  function replace(text: unknown, name: string): void {
    const at = typeof text === 'string' ? places.get(text)?.pop() : undefined;
    if (at !== undefined) filled[at] = name;
  }
  return filled
    .filter((segment, i) => !(segment.startsWith('*') && segment === filled[i - 1]))
    .map(withoutId)
    .join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A pattern without names, such as a regular expression, has no parameters: guess the ids. */
function withoutId(segment: string): string {
  return /^\d+$|^[0-9a-f-]{16,}$|^[^:*].{32,}$/i.test(segment) ? ':id' : segment;
}
