interface Mount {
  readonly url: string;
  readonly template: string;
}

/**
 * Follows a request through the routers of Express, which tell each step by setting `params`,
 * `baseUrl` and `route` on it, and take the mount back when a handler fails or passes on.
 *
 * @returns Gives the template of the last route, the routers that it is mounted in included.
 */
export function followRoute(request: object): () => string | undefined {
  const known = request as { params?: unknown; baseUrl?: unknown; route?: unknown; url?: unknown };
  const mounts: Mount[] = [];
  let params: unknown;
  let found: string | undefined;
  let alternatives: readonly unknown[] = [];
  let last: unknown;
  const mount = (url: unknown): void => {
    if (typeof url !== 'string') return;
    while (mounts.length > 0 && !isBelow(url, mounts.at(-1))) mounts.pop();
    const { url: above = '', template = '' } = mounts.at(-1) ?? {};
    if (url !== above)
      mounts.push({ url, template: template + fill(url.slice(above.length), params) });
  };
  const routed = (route: unknown): void => {
    // A route that is told twice is the same: Express does so before it runs it.
    if (typeof route !== 'object' || route === null || route === last) return;
    last = route;
    const { path } = route as { path?: unknown };
    const own = typeof path === 'string' || path instanceof RegExp ? String(path) : '*';
    found = (mounts.at(-1)?.template ?? '') + own;
    alternatives = Array.isArray(path) ? path : [];
  };
  // Of several paths of one route, the one that was asked for shows once its parameters are known.
  const choose = (): void => {
    if (alternatives.length === 0 || typeof known.url !== 'string') return;
    const asked = fill(known.url.replace(/\?.*$/, ''), params);
    if (alternatives.includes(asked)) found = (mounts.at(-1)?.template ?? '') + asked;
    alternatives = [];
  };
  hear(request, 'params', known.params, (value) => {
    params = value;
    choose();
  });
  hear(request, 'baseUrl', known.baseUrl, mount);
  hear(request, 'route', known.route, routed);
  return () => found;
}

/** Hears what a property is set to, beginning with what it has. */
function hear(target: object, name: string, first: unknown, heard: (value: unknown) => void): void {
  let current = first;
  heard(first);
  Reflect.defineProperty(target, name, {
    configurable: true,
    enumerable: true,
    get: () => current,
    set: (value: unknown) => {
      current = value;
      heard(value);
    },
  });
}

function isBelow(url: string, mount: Mount | undefined): boolean {
  return mount !== undefined && url.startsWith(mount.url);
}

/** Puts the names of parameters where a path has their values. */
function fill(path: string, params: unknown): string {
  const segments = path.split('/');
  const filled = [...segments];
  for (const [name, value] of Object.entries(params ?? {}).reverse()) {
    for (const text of Array.isArray(value) ? value : [value]) {
      const at = segments.findLastIndex((raw, i) => filled[i] === raw && decoded(raw) === text);
      if (at >= 0) filled[at] = `:${name}`;
    }
  }
  return filled.map(withoutId).join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** What a pattern without names has matched is in no parameter: what looks like an id is one. */
function withoutId(segment: string): string {
  return /^\d+$|^[0-9a-f-]{16,}$|^[^:].{32,}$/i.test(segment) ? ':id' : segment;
}
