import { loadLibrary } from '../../core/library.ts';
import { loadFetchConversion } from '../errors/errors.ts';
import type { respond } from '../response/respond.ts';
import { type CircuitSettings, type CircuitState, Circuits } from '../retry/circuits.ts';
import { Dispatchers, type SocketSettings } from '../wire/dispatchers.ts';

/** Sends requests and makes responses; loaded with the first call. */
export interface Transport {
  readonly dispatchers: Dispatchers;
  readonly circuits: Circuits | undefined;
  readonly respond: typeof respond;
}

/**
 * Loads undici and the code that uses it; opens nothing.
 *
 * @param onCircuit - Called when a circuit opens, half-opens or closes.
 */
export async function loadTransport(
  circuit: CircuitSettings | undefined,
  sockets: SocketSettings,
  onCircuit: (origin: string, state: CircuitState) => void,
): Promise<Transport> {
  const [undici, cockatiel] = await Promise.all([
    // Bun answers `undici` with a part of it that it has built in; the file is the package.
    loadLibrary('undici', () => import('undici/index.js') as Promise<typeof import('undici')>),
    circuit && loadLibrary('cockatiel', () => import('cockatiel')),
    loadFetchConversion(),
  ]);
  // It imports undici: where that cannot be loaded, the error above says why.
  const { respond } = await import('../response/respond.ts');
  return {
    dispatchers: new Dispatchers(undici, sockets),
    circuits: circuit && cockatiel && new Circuits(cockatiel, circuit, onCircuit),
    respond,
  };
}
