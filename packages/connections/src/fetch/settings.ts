import { checkChoice, optionError } from '@map/errors/kernel';
import { reveal } from '@map/redaction';
import {
  checkInteger,
  checkMs,
  checkOptions,
  checkType,
  isSecretLike,
} from '../core/check-options.ts';
import { configError } from '../core/errors.ts';
import type { FetchOrigin } from './errors/errors.ts';
import { EgressGuard, type EgressOptions } from './guard/egress-guard.ts';
import type { CircuitOptions, CircuitSettings } from './retry/circuits.ts';

/** Options of `addHttp` that apply to `fetch` only. */
export interface FetchOptions extends EgressOptions {
  /** The purpose of the connection, which selects the codes of failures; `api` by default. */
  readonly origin?: FetchOrigin;
  /**
   * Limit for one attempt of `fetch` from its start to the status of the response, in milliseconds;
   * 30,000 by default, 300,000 for `origin: 'llm'`.
   */
  readonly firstByteTimeoutMs?: number;
  /** Longest time without a byte while a body is read, in milliseconds; 60,000 by default. */
  readonly idleTimeoutMs?: number;
  /** Age at which a socket takes no more requests, so that changes of DNS are seen; none by default. */
  readonly maxSocketLifetimeMs?: number;
  /** Client certificate in PEM, with `key`. */
  readonly cert?: string;
  /** Private key of the client certificate, in PEM. */
  readonly key?: string | { reveal(): string };
  /** Circuit breakers of `fetch`, one for each origin server; off by default. */
  readonly circuit?: CircuitOptions;
  /** Whether `fetch` speaks HTTP/2 where a server offers it; false by default. */
  readonly http2?: boolean;
}

/** The settings of `fetch`, complete. */
export interface FetchSettings {
  readonly origin: FetchOrigin;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxSocketLifetimeMs: number | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly http2: boolean;
  readonly circuit: CircuitSettings | undefined;
  readonly guard: EgressGuard;
}

type Fail = (option: string, expected: string, value: unknown) => never;

function failing(where: string): Fail {
  return (option, expected, value) => {
    throw optionError(option, expected, value, { of: where });
  };
}

const origins: readonly FetchOrigin[] = [
  ...(['llm', 'api', 'tool', 'agent', 'task'] as const),
  ...(['memory', 'cache', 'redis', 'database'] as const),
];

/** Names of these options. */
export const fetchOptionNames: readonly string[] = [
  ...['origin', 'firstByteTimeoutMs', 'idleTimeoutMs', 'maxSocketLifetimeMs'],
  ...['cert', 'key', 'circuit', 'http2', 'egress', 'egressAllow', 'egressDeny'],
];

/**
 * Checks the options of `fetch` and fills the defaults in.
 *
 * @throws BaseError `CONFIG_INVALID_3002` for an option that cannot be used.
 */
export function fetchSettings(where: string, options: FetchOptions): FetchSettings {
  const ms = (option: string, value: unknown): number => checkMs(where, option, value);
  const fail = failing(where);
  const { origin = 'api', cert, http2 = false, egress = 'any', maxSocketLifetimeMs } = options;
  checkChoice('origin', origins, origin, where);
  if (typeof http2 !== 'boolean') fail('http2', 'true or false', http2);
  checkChoice('egress', ['any', 'public', 'listed'], egress, where);
  checkType(where, 'key', options.key, isSecretLike, 'a string or a secret');
  const key = options.key == null ? undefined : reveal(options.key);
  for (const [setting, value] of Object.entries({ cert, key })) {
    if (value !== undefined && typeof value !== 'string') fail(setting, 'PEM', value);
  }
  if ((cert === undefined) !== (key === undefined)) {
    fail(cert === undefined ? 'cert' : 'key', 'given together with the other', undefined);
  }
  if (cert !== undefined && key !== undefined) checkPair(where, cert, key);
  return {
    origin,
    firstByteTimeoutMs: ms(
      'firstByteTimeoutMs',
      options.firstByteTimeoutMs ?? (origin === 'llm' ? 300_000 : 30_000),
    ),
    idleTimeoutMs: ms('idleTimeoutMs', options.idleTimeoutMs ?? 60_000),
    maxSocketLifetimeMs:
      maxSocketLifetimeMs === undefined
        ? undefined
        : ms('maxSocketLifetimeMs', maxSocketLifetimeMs),
    cert,
    key,
    http2,
    circuit: circuitSettings(where, options.circuit),
    guard: makeGuard(where, options),
  };
}

/** A client certificate that cannot be used would fail each call. */
function checkPair(where: string, cert: string, key: string): void {
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const message = `\`cert\` and \`key\` of ${where} must be a certificate and its private key in PEM.`;
    throw configError(message, { option: 'cert' }, cause);
  }
}

const circuitNames: ReadonlySet<string> = new Set([
  ...['threshold', 'window', 'minCalls', 'slowMs', 'halfOpenAfterMs'],
]);

function circuitSettings(
  where: string,
  options: CircuitOptions | undefined,
): CircuitSettings | undefined {
  if (options === undefined) return undefined;
  checkOptions(`circuit of ${where}`, options, circuitNames);
  const { threshold = 0.5, window = 20 } = options;
  checkInteger(where, 'circuit.window', window, 1, 10_000);
  const { minCalls = Math.ceil(window / 2), slowMs, halfOpenAfterMs = 10_000 } = options;
  if (!(typeof threshold === 'number' && threshold > 0 && threshold < 1)) {
    throw optionError('circuit.threshold', 'a number between 0 and 1', threshold, { of: where });
  }
  const ms = (option: string, value: unknown): number => checkMs(where, `circuit.${option}`, value);
  return {
    threshold,
    window,
    minCalls: checkInteger(where, 'circuit.minCalls', minCalls, 1, window),
    slowMs: slowMs === undefined ? Number.POSITIVE_INFINITY : ms('slowMs', slowMs),
    halfOpenAfterMs: ms('halfOpenAfterMs', halfOpenAfterMs),
  };
}

function makeGuard(where: string, options: FetchOptions): EgressGuard {
  const fail = failing(where);
  for (const setting of ['egressAllow', 'egressDeny'] as const) {
    const list = options[setting];
    if (list === undefined) continue;
    if (!Array.isArray(list) || !list.every((entry) => typeof entry === 'string')) {
      fail(setting, 'an array of hosts', list);
    }
    try {
      new EgressGuard({ [setting]: list });
    } catch (error) {
      throw configError(
        `\`${setting}\` of ${where} cannot be matched: ${(error as Error).message}.`,
        { option: setting },
      );
    }
  }
  return new EgressGuard(options);
}
