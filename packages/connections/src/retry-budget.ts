/**
 * Keeps repetitions a small part of the traffic, so that they do not triple the load on a server
 * that is failing already.
 *
 * @see https://sre.google/sre-book/handling-overload/
 */
export class RetryBudget {
  readonly #most: number;
  readonly #perRequest: number;
  #tokens: number;

  /**
   * @param most - Repetitions that may be made at once after a quiet time.
   * @param perRequest - Share of a repetition that every first attempt pays in.
   */
  constructor(most = 10, perRequest = 0.2) {
    this.#most = most;
    this.#perRequest = perRequest;
    this.#tokens = most;
  }

  /** Notes a first attempt. */
  deposit(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.#perRequest);
  }

  /** Asks for one repetition. */
  withdraw(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
