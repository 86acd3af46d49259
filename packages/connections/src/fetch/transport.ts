import { loadLibrary } from '../core/library.ts';
import { type CircuitState, Circuits } from './circuits.ts';
import { Dispatchers, type SocketSettings } from './dispatchers.ts';
import { loadFetchConversion } from './errors.ts';
import { makeResponse } from './fetch-response.ts';
import type { FetchSettings } from './settings.ts';

/** Sends requests and makes responses; loaded with the first call. */
export interface Transport {
  readonly dispatchers: Dispatchers;
  readonly circuits: Circuits | undefined;
  readonly makeResponse: typeof makeResponse;
}

/**
 * Loads undici and the code that uses it; opens nothing.
 *
 * @param onCircuit - Called when a circuit opens, half-opens or closes.
 */
export async function loadTransport(
  settings: FetchSettings,
  sockets: SocketSettings,
  onCircuit: (origin: string, state: CircuitState) => void,
): Promise<Transport> {
  const { circuit } = settings;
  const [undici, cockatiel] = await Promise.all([
    // Bun answers `undici` with a part of it that it has built in; the file is the package.
    loadLibrary('undici', () => import('undici/index.js') as Promise<typeof import('undici')>),
    circuit && loadLibrary('cockatiel', () => import('cockatiel')),
    loadFetchConversion(),
  ]);
  return {
    dispatchers: new Dispatchers(undici, sockets),
    circuits: circuit && cockatiel && new Circuits(cockatiel, circuit, onCircuit),
    makeResponse,
  };
}
