import type { CircuitBreakerPolicy } from 'cockatiel';

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

interface Outcome<T> {
  readonly isFailure: boolean;
  readonly value?: T;
  readonly error?: unknown;
}

interface Circuit {
  readonly policy: CircuitBreakerPolicy;
  openedAt: number;
  inFlight: number;
}

/** Circuits that are kept at most; a tool that fetches the whole web has no use for more. */
const mostCircuits = 1_000;

/** The circuit breakers of a connection, one for each origin server. */
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
      .filter(([, { policy }]) => policy.state !== this.#cockatiel.CircuitState.Closed)
      .map(([origin]) => origin);
  }

  /**
   * Runs one attempt, unless the circuit of its server is open.
   *
   * @param judge - Says how the attempt counts, by its result or its error.
   * @param refuse - Makes the error of an open circuit.
   */
  async run<T>(
    origin: string,
    attempt: () => Promise<T>,
    judge: (value: T | undefined, error: unknown) => Verdict,
    refuse: (leftMs: number) => unknown,
  ): Promise<T> {
    const circuit = this.#circuit(origin);
    const { CircuitState: State, isBrokenCircuitError } = this.#cockatiel;
    const { halfOpenAfterMs, slowMs } = this.#settings;
    const refusal = (): unknown =>
      refuse(Math.max(1, circuit.openedAt + halfOpenAfterMs - Date.now()));
    // cockatiel would let the others wait for the one that tries.
    if (circuit.policy.state === State.HalfOpen && circuit.inFlight > 0) throw refusal();
    let outcome: Outcome<T>;
    try {
      outcome = await circuit.policy.execute(async (): Promise<Outcome<T>> => {
        const startedAt = performance.now();
        const isTrial = circuit.policy.state === State.HalfOpen;
        circuit.inFlight += 1;
        try {
          const value = await attempt();
          const isSlow = performance.now() - startedAt > slowMs;
          return { value, isFailure: isSlow || judge(value, undefined) === 'failure' };
        } catch (error) {
          const verdict = judge(undefined, error);
          // A trial that shows nothing must not close the circuit.
          if (verdict === 'ignored' && !isTrial) throw error;
          return { error, isFailure: verdict !== 'success' };
        } finally {
          circuit.inFlight -= 1;
        }
      });
    } catch (error) {
      throw isBrokenCircuitError(error) ? refusal() : error;
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value as T;
  }

  #circuit(origin: string): Circuit {
    const known = this.#circuits.get(origin);
    if (known !== undefined) return known;
    if (this.#circuits.size >= mostCircuits) {
      const [oldest = ''] = this.#circuits.keys();
      this.#circuits.delete(oldest);
    }
    const { circuitBreaker, CircuitState: State, CountBreaker, handleWhenResult } = this.#cockatiel;
    const { threshold, window, minCalls, halfOpenAfterMs } = this.#settings;
    const policy = circuitBreaker(
      handleWhenResult((outcome) => (outcome as Outcome<unknown>).isFailure),
      {
        halfOpenAfter: halfOpenAfterMs,
        breaker: new CountBreaker({ threshold, size: window, minimumNumberOfCalls: minCalls }),
      },
    );
    const circuit: Circuit = { policy, openedAt: 0, inFlight: 0 };
    policy.onStateChange((state) => {
      if (state === State.Open) circuit.openedAt = Date.now();
      if (state === State.Closed) this.#onChange(origin, 'closed');
      else this.#onChange(origin, state === State.HalfOpen ? 'half_open' : 'open');
    });
    this.#circuits.set(origin, circuit);
    return circuit;
  }
}
