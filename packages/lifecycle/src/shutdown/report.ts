import { redactText } from '@map/redaction';
import type { EndingReport } from './sequence.ts';

/** Result of a shutdown. */
export interface ShutdownReport {
  /** Whether everything ended within its time. */
  readonly ok: boolean;
  /** The trigger: a signal, an uncaught error, or a call. */
  readonly reason: string;
  /** The whole duration in milliseconds. */
  readonly durationMs: number;
  /** One entry per ending, in order. */
  readonly endings: readonly EndingReport[];
  /** Names of what failed or did not end in time. */
  readonly notEnded: readonly string[];
  /**
   * Set for a caller inside work that the shutdown waits for, such as a request handler: the
   * shutdown has begun and completes once that work has ended.
   */
  readonly pending?: true;
}

/**
 * Makes the report of endings, without secrets in names and reason.
 *
 * @param reason What requested the shutdown.
 * @param startedAt Its start, in the time of `performance.now()`.
 * @param endings One report per ending.
 * @param others Names of what else did not end.
 */
export function reportOf(
  reason: string,
  startedAt: number,
  endings: readonly EndingReport[],
  others: readonly string[] = [],
): ShutdownReport {
  const shown = endings.map((each) => ({ ...each, name: redactText(each.name) }));
  const notEnded = [...new Set([...notEndedOf(shown), ...others.map((name) => redactText(name))])];
  return {
    ok: notEnded.length === 0,
    reason: redactText(reason),
    durationMs: performance.now() - startedAt,
    endings: shown,
    notEnded,
  };
}

/** Lists the names of what failed or did not end in time. */
export function notEndedOf(endings: readonly EndingReport[]): readonly string[] {
  return endings.filter(({ status }) => status !== 'ended').map(({ name }) => name);
}
