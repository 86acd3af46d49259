/** Where a response comes from; its constructor has no parameter for that. */
export interface ResponseSource {
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
}

const highestStatus = 599;

/** The arguments of the `Response` constructor. */
interface PlatformInit {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers | [string, string][];
}

/** The properties of a response besides its body and its source. */
export type ResponseParts = Omit<PlatformInit, 'status'>;

// To the types, `url` and its like are fields, which accessors of a subclass cannot replace. On the
// platform they are accessors.
const PlatformResponse = Response as unknown as new (
  body: unknown,
  init: PlatformInit,
) => { clone(): Response };

/**
 * The platform's own `Response`, with the members that only `fetch` itself can set.
 *
 * `new Response()` leaves `url` empty and `redirected` false, and there is no public way to set
 * them, so this subclass answers for them.
 */
class FetchResponse extends PlatformResponse {
  readonly #source: ResponseSource;

  constructor(body: unknown, init: ResponseParts, source: ResponseSource) {
    const { statusText, headers } = init;
    // Servers send statuses up to 999, which the constructor refuses.
    super(body, { status: Math.min(source.status, highestStatus), statusText, headers });
    this.#source = source;
    if (source.status > highestStatus) {
      Object.defineProperty(this, 'status', { value: source.status });
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

  override clone(): Response {
    const copy = super.clone();
    return makeResponse(copy.body, copy, this.#source);
  }
}

/**
 * Makes a response like that of Node's `fetch`, with mutable headers.
 *
 * @param body - Bytes, a stream, or null.
 */
export function makeResponse(body: unknown, init: ResponseParts, source: ResponseSource): Response {
  return new FetchResponse(body, init, source) as unknown as Response;
}
