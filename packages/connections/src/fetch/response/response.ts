import { Response as LibraryResponse } from 'undici/index.js';
import { isValidHeaderValue } from '../../core/header-syntax.ts';
import { appendHeaders, type RawHeaders } from '../wire/response-headers.ts';
import { HeldBody } from './held-body.ts';

/** Where a response comes from; its constructor has no parameter for that. */
export interface ResponseSource {
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
}

const highestStatus = 599;

/** The members of `Response` that are extended here. */
interface PlatformResponse {
  readonly headers: Headers;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  clone(): Response;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

// To the types, `url` and its like are fields, which accessors of a subclass cannot replace. On the
// platform they are accessors.
const PlatformResponse = platformClass(Response) as new (
  body: unknown,
  init: { readonly status: number; readonly statusText: string },
) => PlatformResponse;

/**
 * The runtime's class. @hono/node-server replaces it by a subclass when it begins to serve, which adds
 * a content type to a response without headers. Polyfills and mocks of `fetch` replace it by a class
 * that takes no stream of the runtime, such as that of node-fetch; undici's is then the same class
 * as the runtime's.
 */
function platformClass(given: typeof Response): unknown {
  const parent = Object.getPrototypeOf(given) as Partial<typeof Response>;
  if (parent.prototype !== undefined) return platformClass(parent as typeof Response);
  const isWhole = 'headers' in given.prototype && 'bytes' in given.prototype;
  return isWhole ? given : LibraryResponse;
}

/**
 * The platform's own `Response`, with the members that only `fetch` itself can set.
 *
 * `new Response()` leaves `url` empty and `redirected` false, and there is no public way to set
 * them, so this subclass answers for them. Its methods that read a whole body take a held one as it
 * is, in half the time.
 */
class FetchResponse extends PlatformResponse {
  readonly #source: ResponseSource;
  readonly #held: HeldBody | undefined;

  constructor(body: HeldBody | unknown, source: ResponseSource) {
    const held = body instanceof HeldBody ? body : undefined;
    // Servers send statuses up to 999 and texts in any script, which the constructor refuses.
    const status = Math.min(source.status, highestStatus);
    const statusText = isValidHeaderValue(source.statusText) ? source.statusText : '';
    super(held?.stream ?? body, { status, statusText });
    this.#source = source;
    this.#held = held;
    if (status !== source.status) Object.defineProperty(this, 'status', { value: source.status });
    if (statusText !== source.statusText) {
      Object.defineProperty(this, 'statusText', { value: source.statusText });
    }
  }

  get url(): string {
    return this.#source.url;
  }

  get redirected(): boolean {
    return this.#source.redirected;
  }

  get type(): string {
    return 'basic';
  }

  override async json(): Promise<unknown> {
    const bytes = this.#held?.take();
    return bytes === undefined ? await super.json() : JSON.parse(utf8.decode(bytes));
  }

  override async text(): Promise<string> {
    const bytes = this.#held?.take();
    return bytes === undefined ? await super.text() : utf8.decode(bytes);
  }

  override async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#held?.take();
    return bytes === undefined ? await super.bytes() : new Uint8Array(bytes);
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = this.#held?.take();
    return bytes === undefined ? await super.arrayBuffer() : new Uint8Array(bytes).buffer;
  }

  override clone(): Response {
    const unread = this.#held?.unread;
    const body = unread === undefined ? super.clone().body : new HeldBody(unread);
    const copy = new FetchResponse(body, this.#source);
    for (const [name, value] of this.headers) copy.headers.append(name, value);
    return copy as unknown as Response;
  }
}

const utf8 = new TextDecoder();

/**
 * Makes a response like that of Node's `fetch`, with mutable headers.
 *
 * @param body - A held body, a stream, or null.
 */
export function makeResponse(
  body: HeldBody | ReadableStream<Uint8Array> | null,
  headers: RawHeaders,
  source: ResponseSource,
): Response {
  const response = new FetchResponse(body, source);
  appendHeaders(response.headers, headers);
  return response as unknown as Response;
}
