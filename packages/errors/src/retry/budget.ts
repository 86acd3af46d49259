import { processState } from '@map/redaction/kernel';

/**
 * Keeps retries a small part of the traffic, so that they do not multiply the load on a server that
 * is failing already: a token bucket that every first attempt fills a little.
 *
 * @see https://sre.google/sre-book/handling-overload/
 */
export class RetryBudget {
  readonly #most: number;
  readonly #perRequest: number;
  #tokens: number;

  /**
   * @param most - Retries that may be made at once after a quiet time.
   * @param perRequest - Share of a retry that every first attempt adds.
   */
  constructor(most = 10, perRequest = 0.2) {
    this.#most = most;
    this.#perRequest = perRequest;
    this.#tokens = most;
  }

  /** Counts a first attempt. */
  deposit(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.#perRequest);
  }

  /** Takes one retry out; false if the budget is spent. */
  withdraw(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Budgets that are kept: names may be those of tenants. A new one is as one after a quiet time. */
const MOST_BUDGETS = 1000;

/** Returns the budget of this name, which all installed copies of this package share. @internal */
export function sharedBudget(name: string): RetryBudget {
  const budgets = processState('@map/errors/retry-budgets@1', () => new Map<string, RetryBudget>());
  const budget = budgets.get(name) ?? new RetryBudget();
  // The last used ones are last.
  budgets.delete(name);
  budgets.set(name, budget);
  for (const oldest of budgets.keys()) {
    if (budgets.size <= MOST_BUDGETS) break;
    budgets.delete(oldest);
  }
  return budget;
}
