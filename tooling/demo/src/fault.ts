import { fraction } from './fraction.ts';

/** The ways in which a model endpoint fails. */
export type Fault = 'rate_limited' | 'server_error' | 'overloaded' | 'slow' | 'cut_off';

/** The share of requests, 0 to 1, that meet each fault. */
export type FaultRates = Readonly<Record<Fault, number>>;

export const NO_FAULTS: FaultRates = {
  rate_limited: 0,
  server_error: 0,
  overloaded: 0,
  slow: 0,
  cut_off: 0,
};

/** The faults of a busy provider on a bad day. */
export const BAD_DAY: FaultRates = {
  rate_limited: 0.05,
  server_error: 0.04,
  overloaded: 0.04,
  slow: 0.02,
  cut_off: 0.04,
};

/** The faults of its fallback on the same day. */
export const GOOD_DAY: FaultRates = { ...NO_FAULTS, rate_limited: 0.02, server_error: 0.01 };

/**
 * Draws the fault of one request, or `undefined` when it succeeds.
 * @param key Names the request: the same seed and key always draw the same.
 */
export function drawFault(rates: FaultRates, seed: number, key: string): Fault | undefined {
  let left = fraction(seed, key);
  for (const [fault, rate] of Object.entries(rates) as [Fault, number][]) {
    if (left < rate) return fault;
    left -= rate;
  }
  return undefined;
}
