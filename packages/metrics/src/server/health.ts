import { errorType } from '../common/error-type.ts';
import { within } from '../common/within.ts';

/** Says whether something is well: not when it gives false, `{ ok: false }`, or fails. */
export type HealthCheck = () => unknown;

/** Checks by name. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

/** What an application that runs its own checks answers with. */
export interface HealthAnswer {
  /** Whether it is well: 200, or else 503. */
  readonly ok: boolean;
  /** The body, written as JSON. */
  readonly report: object;
}

/** Gives the whole answer, for an application that runs its own checks. */
export type HealthSource = () => HealthAnswer | Promise<HealthAnswer>;

/** How one check went. */
export interface HealthCheckResult {
  readonly status: 'pass' | 'fail';
  readonly duration_ms: number;
  /** The kind of failure; never its message, which may tell too much. */
  readonly error_type?: string;
}

/** How all checks went. */
export interface HealthReport {
  readonly status: 'pass' | 'fail';
  readonly checks: Readonly<Record<string, HealthCheckResult>>;
}

/** Asks a source for its answer, or runs checks; what fails or takes too long is not well. */
export async function answerHealth(
  health: HealthChecks | HealthSource,
  timeoutMs: number,
): Promise<{ readonly ok: boolean; readonly body: string }> {
  if (typeof health !== 'function') {
    const report = await runChecks(health, timeoutMs);
    return { ok: report.status === 'pass', body: JSON.stringify(report) };
  }
  let error_type = 'timeout';
  const asked = (async () => {
    const { ok, report } = await health();
    return { ok, body: JSON.stringify(report) };
  })().catch((error: unknown) => {
    error_type = errorType(error);
    return undefined;
  });
  const answer = await within(asked, timeoutMs, undefined);
  return answer ?? { ok: false, body: JSON.stringify({ status: 'fail', error_type }) };
}

/** Runs checks side by side, each within a limit. */
export async function runChecks(checks: HealthChecks, timeoutMs: number): Promise<HealthReport> {
  const results = await Promise.all(
    Object.entries(checks).map(
      async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const,
    ),
  );
  const failed = results.some(([, { status }]) => status === 'fail');
  return { status: failed ? 'fail' : 'pass', checks: Object.fromEntries(results) };
}

async function runCheck(check: HealthCheck, timeoutMs: number): Promise<HealthCheckResult> {
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, 'late');
    });
    const result: unknown = await Promise.race([
      // A check that is no function fails here; then(check) would take it for one that passes.
      (async () => ({ value: await check() }))(),
      late,
    ]);
    if (result === 'late') return { status: 'fail', duration_ms: took(), error_type: 'timeout' };
    const { value } = result as { value: unknown };
    return isWell(value)
      ? { status: 'pass', duration_ms: took() }
      : { status: 'fail', duration_ms: took(), error_type: 'not_ok' };
  } catch (error) {
    return { status: 'fail', duration_ms: took(), error_type: errorType(error) };
  } finally {
    clearTimeout(timer);
  }
}

function isWell(value: unknown): boolean {
  if (value === false) return false;
  return !(typeof value === 'object' && value !== null && 'ok' in value && value.ok === false);
}
