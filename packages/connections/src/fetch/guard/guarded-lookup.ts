import { type LookupOneOptions, lookup as lookupName } from 'node:dns';
import { egressError } from '../errors/errors.ts';
import type { EgressGuard } from './egress-guard.ts';

interface Found {
  readonly address: string;
  readonly family: number;
}

/** A look-up as sockets take it. */
export type Lookup = (
  hostname: string,
  options: object,
  callback: (error: Error | null, address: string | Found[], family?: number) => void,
) => void;

/** Looks a name up as Node does, and keeps the addresses that the guard lets pass. */
export function guardedLookup(guard: EgressGuard, pool: string, port: number): Lookup {
  return (hostname, options, callback) => {
    const isForAll = (options as { all?: boolean }).all === true;
    lookupName(hostname, { ...(options as LookupOneOptions), all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      let reason: string | undefined;
      const allowed = addresses.filter(({ address }) => {
        const refusal = guard.refusesAddress(hostname, address, port);
        reason ??= refusal;
        return refusal === undefined;
      });
      const [first] = allowed;
      if (first === undefined) {
        return callback(egressError(pool, hostname, reason ?? 'has no address'), []);
      }
      if (isForAll) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
