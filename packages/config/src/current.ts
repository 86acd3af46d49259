import type { Config } from './config.ts';
import type { InFlight } from './in-flight.ts';

interface Holder {
  /** The configuration under way or in use. */
  starting?: Promise<Config<never, unknown>>;
  /** Set once it is in use. */
  config?: Config<never, unknown>;
  /** What a shutdown of it waits for. */
  inFlight?: InFlight;
  /** The options it was made with. */
  options?: object;
}

const KEY = Symbol.for('@map/config/current@1');

/** What this process has, shared by every installed copy of this package. */
export function holder(): Holder {
  const global = globalThis as { [KEY]?: Holder };
  global[KEY] ??= {};
  return global[KEY];
}
