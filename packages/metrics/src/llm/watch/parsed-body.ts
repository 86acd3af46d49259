import { isThenable, loose } from '../usage/loose.ts';
import { replace, type Step } from './replace.ts';

/**
 * The body that the promise of an SDK parses. `parse()` of `openai` rejects a response that does not
 * match, and its error does not have what was used.
 */
export class ParsedBody {
  readonly #promise: object;
  readonly #asResponse: unknown;
  #read: unknown;

  constructor(promise: object) {
    this.#promise = promise;
    this.#asResponse = loose(promise)['asResponse'];
  }

  /** The content of the body, if it was read. */
  get value(): unknown {
    try {
      return typeof this.#read === 'string' ? JSON.parse(this.#read) : this.#read;
    } catch {
      return undefined;
    }
  }

  /** Runs what reads the body when the response is there and observed. */
  before<T>(read: () => PromiseLike<T>): PromiseLike<T> {
    if (typeof this.#asResponse !== 'function') return read();
    const response: unknown = (this.#asResponse as Step).call(this.#promise);
    if (!isThenable(response)) return read();
    return response.then((one) => {
      if (typeof one === 'object' && one !== null) this.#observe(one);
      return read();
    }, read);
  }

  #observe(response: object): void {
    for (const name of ['json', 'text']) {
      replace(response, name, (original) => async () => {
        this.#read = await original.call(response);
        return this.#read;
      });
    }
  }
}
