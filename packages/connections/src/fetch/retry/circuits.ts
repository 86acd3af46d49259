import type { CountBreaker } from 'cockatiel';

type Cockatiel = typeof import('cockatiel');

/** When the circuit of an origin server opens, and for how long. */
export interface CircuitOptions {
  /** Share of failures among the last calls from which it opens; 0.5 by default. */
  readonly threshold?: number;
  /** Number of last calls that are looked at; 20 by default. */
  readonly window?: number;
  /** Fewest calls before it can open; half of `window` by default. */
  readonly minCalls?: number;
  /** Time to the status from which a call counts as a failure, in milliseconds; none by default. */
  readonly slowMs?: number;
  /** Time after which one call is let through to try, in milliseconds; 10,000 by default. */
  readonly halfOpenAfterMs?: number;
}

/** The options of a circuit, complete. */
export interface CircuitSettings {
  readonly threshold: number;
  readonly window: number;
  readonly minCalls: number;
  readonly slowMs: number;
  readonly halfOpenAfterMs: number;
}

/** State of the circuit of one origin server. */
export type CircuitState = 'closed' | 'open' | 'half_open';

/** How an attempt ended, as the circuit counts it. */
export type Verdict = 'success' | 'failure' | 'ignored';

/** Circuits that are kept at most; a tool that fetches the whole web has no use for more. */
const mostCircuits = 1_000;

/**
 * The circuit breakers of a connection, one for each origin server.
 *
 * cockatiel counts the outcomes. Its policy is not used: it wraps each attempt in four promises, a
 * sixth of the cost of a call, and lets other calls wait for the one that tries.
 */
export class Circuits {
  readonly #cockatiel: Cockatiel;
  readonly #settings: CircuitSettings;
  readonly #onChange: (origin: string, state: CircuitState) => void;
  readonly #circuits: Map<string, Circuit> = new Map();

  /** @param onChange - Called when a circuit opens, half-opens or closes. */
  constructor(
    cockatiel: Cockatiel,
    settings: CircuitSettings,
    onChange: (origin: string, state: CircuitState) => void,
  ) {
    this.#cockatiel = cockatiel;
    this.#settings = settings;
    this.#onChange = onChange;
  }

  /** The origin servers whose circuit is not closed. */
  get open(): readonly string[] {
    return [...this.#circuits]
      .filter(([, { state }]) => state !== 'closed')
      .map(([origin]) => origin);
  }

  /** The circuit of a server. */
  of(origin: string): Circuit {
    const known = this.#circuits.get(origin);
    if (known !== undefined) return known;
    if (this.#circuits.size >= mostCircuits) {
      const [oldest = ''] = this.#circuits.keys();
      this.#circuits.delete(oldest);
    }
    const { threshold, window: size, minCalls: minimumNumberOfCalls } = this.#settings;
    const { CircuitState: states, CountBreaker } = this.#cockatiel;
    const breaker = new CountBreaker({ threshold, size, minimumNumberOfCalls });
    const onChange = (state: CircuitState): void => this.#onChange(origin, state);
    const circuit = new Circuit(breaker, states, this.#settings, onChange);
    this.#circuits.set(origin, circuit);
    return circuit;
  }
}

/**
 * One attempt that a circuit let through.
 *
 * @see Circuit.leave
 */
export interface Passage {
  readonly startedAt: number;
  /** The number of changes of state before it. */
  readonly turn: number;
}

/** The circuit of one origin server: closed, open, or half open while one call tries. */
export class Circuit {
  state: CircuitState = 'closed';
  readonly #breaker: CountBreaker;
  readonly #states: Cockatiel['CircuitState'];
  readonly #settings: CircuitSettings;
  readonly #onChange: (state: CircuitState) => void;
  #turn = 0;
  #openedAt = 0;

  constructor(
    breaker: CountBreaker,
    states: Cockatiel['CircuitState'],
    settings: CircuitSettings,
    onChange: (state: CircuitState) => void,
  ) {
    this.#breaker = breaker;
    this.#states = states;
    this.#settings = settings;
    this.#onChange = onChange;
  }

  /**
   * Lets one attempt through, which reports its end to `leave`.
   *
   * @returns The passage, or the time in milliseconds for which the circuit lets none through.
   */
  enter(): Passage | number {
    const startedAt = performance.now();
    if (this.state !== 'closed') {
      const { halfOpenAfterMs } = this.#settings;
      const leftMs = this.#openedAt + halfOpenAfterMs - startedAt;
      // More is left only where a test has replaced the clock.
      const isPaused = leftMs > 0 && leftMs <= halfOpenAfterMs;
      if (this.state === 'half_open' || isPaused) {
        return Math.min(Math.max(1, leftMs), halfOpenAfterMs);
      }
      this.#change('half_open');
    }
    return { startedAt, turn: this.#turn };
  }

  /** Counts an attempt; one from before the last change of state says nothing about the present. */
  leave({ startedAt, turn }: Passage, verdict: Verdict): void {
    if (turn !== this.#turn) return;
    const now = performance.now();
    const isSuccess = verdict === 'success' && now - startedAt <= this.#settings.slowMs;
    const isTrial = this.state === 'half_open';
    // A trial that shows nothing must not close the circuit.
    if (verdict === 'ignored' && !isTrial) return;
    const state = isTrial ? this.#states.HalfOpen : this.#states.Closed;
    if (isSuccess) {
      this.#breaker.success(state);
      if (isTrial) this.#change('closed');
    } else if (this.#breaker.failure(state)) {
      this.#openedAt = now;
      this.#change('open');
    }
  }

  #change(state: CircuitState): void {
    this.state = state;
    this.#turn += 1;
    this.#onChange(state);
  }
}
