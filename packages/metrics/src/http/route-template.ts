/** Segments of a path that are looked at. A longer path has no template: it becomes `/*`. */
const MAX_SEGMENTS = 64;

/** Longer segments become `:id` in any case. */
const MAX_TEMPLATE_LENGTH = 33;

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/**
 * Writes the names of parameters where a path has their values: `/orgs/acme` with `{ org: 'acme' }`
 * becomes `/orgs/:org`, `/v2` with `{ version: '2' }` becomes `/v:version`, and the values of a
 * wildcard, or a value of several segments, become `/*name`.
 *
 * Takes time linear in the length of the path: each segment is decoded once, and found by its text.
 * Only a value that is not a whole segment is searched for within the short segments.
 *
 * @param path The path of one request.
 * @param params The parameters that a router found in it. A value is found from the end of the
 * path, because the parameters of inner routers come last.
 * @param outer The parameters of the routers above, whose values are not in this path.
 */
export function templateOf(path: string, params: unknown, outer?: unknown): string {
  const raw = path.split('/', MAX_SEGMENTS + 1);
  if (raw.length > MAX_SEGMENTS) return '/*';
  const filled = [...raw];
  const texts = raw.map(decoded);
  const places = new Map<string, number[]>();
  for (const [i, text] of texts.entries()) {
    if (text === '') continue;
    const known = places.get(text);
    if (known === undefined) places.set(text, [i]);
    else known.push(i);
  }
  const parts: Parameter[] = [];
  for (const [name, value] of Object.entries(params ?? {}).reverse()) {
    if (Array.isArray(value)) {
      // The last wildcard value belongs to the last place, as for the parameters.
      for (const text of value.slice(-MAX_SEGMENTS).reverse()) replace(text, `*${name}`);
    } else if (!replace(value, `:${name}`) && typeof value === 'string' && value !== '') {
      if ((outer as Record<string, unknown> | undefined)?.[name] === value) continue;
      if (!replaceRun(filled, raw, texts, { name, value })) parts.push({ name, value });
    }
  }
  for (const part of parts) replacePart(filled, raw, part);
  function replace(text: unknown, name: string): boolean {
    const known = typeof text === 'string' ? places.get(text) : undefined;
    let at = known?.pop();
    // A segment of a value of several segments has its name already.
    while (at !== undefined && filled[at] !== raw[at]) at = known?.pop();
    if (at !== undefined) filled[at] = name;
    return at !== undefined;
  }
  return filled
    .filter((segment, i) => !(segment.startsWith('*') && segment === filled[i - 1]))
    .map(withoutId)
    .join('/');
}

/**
 * Writes the name of a parameter in the place of the last segments that make up its value: Express 4
 * has the value of a wildcard as one string, and so has a group of a regular expression.
 */
function replaceRun(
  filled: string[],
  raw: readonly string[],
  texts: readonly string[],
  { name, value }: Parameter,
): boolean {
  if (!value.includes('/')) return false;
  const path = `${texts.join('/')}/`;
  let at = path.length;
  for (let i = texts.length - 1; i >= 0; i--) {
    at -= (texts[i] as string).length + 1;
    if (!path.startsWith(`${value}/`, at)) continue;
    let end = i;
    for (let to = at; to < at + value.length; end++) to += (texts[end] as string).length + 1;
    if (filled.slice(i, end).some((segment, j) => segment !== raw[i + j])) continue;
    filled.fill(`*${name}`, i, end);
    return true;
  }
  return false;
}

/** Writes the name of a parameter into the last short segment that has its value as a part. */
function replacePart(filled: string[], raw: readonly string[], { name, value }: Parameter): void {
  for (let i = filled.length - 1; i > 0; i--) {
    const segment = filled[i] as string;
    // Names that are there already belong to later parameters.
    const named = segment.indexOf(':');
    const text = segment === raw[i] ? decoded(segment) : segment.slice(0, Math.max(0, named));
    if (text.length > MAX_TEMPLATE_LENGTH) continue;
    const at = lastPlace(value, text);
    if (at < 0) continue;
    filled[i] =
      `${text.slice(0, at)}:${name}${text.slice(at + value.length)}${segment === raw[i] ? '' : segment.slice(named)}`;
    return;
  }
}

/** The last place of a value where a parameter can end: no letter or digit follows its name. */
function lastPlace(value: string, text: string): number {
  for (let at = text.length - value.length; at >= 0; at--) {
    if (text.startsWith(value, at) && !/^\w/.test(text.slice(at + value.length))) return at;
  }
  return -1;
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
