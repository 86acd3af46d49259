/*
 * How the route of an Express request is found.
 *
 * When a handler has answered, Express no longer knows where the request was: it sets `route` only
 * while a route runs, and restores `baseUrl` and `params` when a router returns or fails. So the
 * template is put together while the request passes through the routers. Express announces each
 * step by setting one of three documented properties of the request:
 *
 *   - `params`, before a router or route runs: the values that its path matched;
 *   - `baseUrl`, when a mounted router is entered or left: the URL up to there, with values;
 *   - `route`, before a route runs: its path as it was written, such as `/users/:id`.
 *
 * Accessors on the request receive these steps. `baseUrl` keeps a stack of mounts: its new part is
 * turned into a template by the `params` that were set just before (`/orgs/acme` → `/orgs/:org`).
 * A route gives the templates of the mounts plus its own path. If a route has several paths, the
 * one that was requested is known when `params` is set for it.
 *
 * The accessors are the same functions for all requests, and the state is one object: with own
 * functions each request would cost as much as a small response.
 */
import type { MountTemplates } from './mount-templates.ts';
import { templateOf } from './route-template.ts';

interface Mount {
  readonly url: string;
  readonly template: string;
  readonly params: unknown;
}

/** Where a request keeps its follower. */
const FOLLOWER = Symbol('map.metrics.route');

interface Followed {
  /** Missing on a copy of a request. */
  readonly [FOLLOWER]?: RouteFollower;
  readonly url?: unknown;
}

/** The state of one request on its way through the routers. */
class RouteFollower {
  /** The template of the last route, with those of the routers that it is mounted in. */
  found: string | undefined = undefined;
  params: unknown = undefined;
  baseUrl: unknown = undefined;
  route: unknown = undefined;
  readonly #templates: MountTemplates;
  readonly #mounts: Mount[] = [];
  #alternatives: readonly unknown[] = [];
  #last: unknown = undefined;

  constructor(templates: MountTemplates) {
    this.#templates = templates;
  }

  /** Handles a new `baseUrl`. */
  mount(url: unknown): void {
    this.baseUrl = url;
    if (typeof url !== 'string') return;
    const mounts = this.#mounts;
    while (mounts.length > 0 && !isBelow(url, mounts.at(-1))) mounts.pop();
    const { url: above = '', template = '', params } = mounts.at(-1) ?? {};
    if (url === above) return;
    const own = templateOf(url.slice(above.length), this.params, params);
    mounts.push({ url, template: this.#templates.find(template + own), params: this.params });
  }

  /** Handles a new `route`. */
  run(route: unknown): void {
    this.route = route;
    // Express sets the same route twice before it runs.
    if (typeof route !== 'object' || route === null || route === this.#last) return;
    this.#last = route;
    const { path } = route as { path?: unknown };
    const own = typeof path === 'string' || path instanceof RegExp ? String(path) : '*';
    this.found = this.#below(own);
    this.#alternatives = Array.isArray(path) ? path : [];
  }

  /** Handles new `params`. */
  choose(params: unknown, url: unknown): void {
    this.params = params;
    if (this.#alternatives.length === 0 || typeof url !== 'string') return;
    const outer = this.#mounts.at(-1)?.params;
    const requested = plain(templateOf(url.split('?', 1)[0] ?? '', params, outer));
    const path = this.#alternatives.find(
      (one) => typeof one === 'string' && plain(one) === requested,
    );
    if (path !== undefined) this.found = this.#below(String(path));
    this.#alternatives = [];
  }

  #below(path: string): string {
    return (this.#mounts.at(-1)?.template ?? '') + path;
  }
}

const accessors: Record<'params' | 'baseUrl' | 'route', PropertyDescriptor> & ThisType<Followed> = {
  params: {
    configurable: true,
    enumerable: true,
    get() {
      return this[FOLLOWER]?.params;
    },
    set(value: unknown) {
      this[FOLLOWER]?.choose(value, this.url);
    },
  },
  baseUrl: {
    configurable: true,
    enumerable: true,
    get() {
      return this[FOLLOWER]?.baseUrl;
    },
    set(value: unknown) {
      this[FOLLOWER]?.mount(value);
    },
  },
  route: {
    configurable: true,
    enumerable: true,
    get() {
      return this[FOLLOWER]?.route;
    },
    set(value: unknown) {
      this[FOLLOWER]?.run(value);
    },
  },
};

/**
 * Follows a request through the routers of Express.
 *
 * @param templates The templates of mounts in this application.
 * @returns An object whose `found` is the template of the route, now and later.
 */
export function followRoute(
  request: object,
  templates: MountTemplates,
): { readonly found: string | undefined } {
  const known = request as { params?: unknown; baseUrl?: unknown; route?: unknown; url?: unknown };
  const follower = new RouteFollower(templates);
  follower.choose(known.params, known.url);
  follower.mount(known.baseUrl);
  follower.run(known.route);
  // A frozen request stays as it is.
  if (Reflect.defineProperty(request, FOLLOWER, { value: follower })) {
    Reflect.defineProperty(request, 'params', accessors.params);
    Reflect.defineProperty(request, 'baseUrl', accessors.baseUrl);
    Reflect.defineProperty(request, 'route', accessors.route);
  }
  return follower;
}

function isBelow(url: string, mount: Mount | undefined): boolean {
  return mount !== undefined && `${url}/`.startsWith(`${mount.url}/`);
}

/** A path as Express compares it by default: without its case and the slash at its end. */
function plain(path: string): string {
  return path.toLowerCase().replace(/\/$/, '');
}
