/** Status of a check or of the whole, in the words of the health-check draft. */
export type HealthStatus = 'pass' | 'warn' | 'fail';

/** Result of one check. */
export interface CheckReport {
  readonly status: HealthStatus;
  /** Duration of the check in milliseconds; so far, while it is hanging. */
  readonly duration_ms: number;
  /** Whether the check exceeded its time limit and has not settled yet. */
  readonly hanging?: true;
  /** Whether the check took more than half of its time limit. */
  readonly slow?: true;
  /** Error code of the failure. */
  readonly error_type?: string;
  /** The failure in one sentence, without secrets. */
  readonly error?: string;
}

/**
 * Result of all checks.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check
 */
export interface HealthReport {
  /** `warn` still serves traffic: only checks that are not required failed. */
  readonly status: HealthStatus;
  /** The reason when no check states it: start-up has not finished, or a shutdown has begun. */
  readonly reason?: string;
  /** One entry per check. */
  readonly checks: Readonly<Record<string, CheckReport>>;
}
