import { redactText } from '@map/redaction';
import { withTimeLimit } from '@map/redaction/kernel';
import { errorType } from '../common/error-type.ts';

/** A health check. It fails if it throws, returns `false`, or returns `{ ok: false }`. */
export type HealthCheck = () => unknown;

/** Health checks by name. */
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

/** The status of a check or of a whole report, in the words of the health-check draft. */
export type HealthStatus = 'pass' | 'warn' | 'fail';

/** The result of one check. */
export interface HealthCheckResult {
  readonly status: HealthStatus;
  /** Duration of the check in milliseconds. */
  readonly duration_ms?: number;
  /** The kind of failure. The message of an error is never shown: it may contain anything. */
  readonly error_type?: string;
}

/**
 * The results of all checks.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check
 */
export interface HealthReport {
  /** `pass` and `warn` respond with 200, `fail` with 503. */
  readonly status: HealthStatus;
  /** Why the whole fails if no check does, such as a shutdown. */
  readonly reason?: string;
  readonly checks: Readonly<Record<string, HealthCheckResult>>;
}

/** The response of an application that renders its own report. */
export interface HealthAnswer {
  /** Whether the status code is 200; otherwise it is 503. */
  readonly ok: boolean;
  /** The body, sent as JSON. */
  readonly report: object;
}

/** Returns the whole report, for an application that runs its own checks. */
export type HealthSource = () => HealthReport | HealthAnswer | Promise<HealthReport | HealthAnswer>;

/** The part of a request that the health handler reads, such as Node's `IncomingMessage`. */
export interface HealthRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** The part of a response that the health handler uses, such as Node's `ServerResponse`. */
export interface HealthResponse {
  writeHead(status: number, headers?: Record<string, string>): unknown;
  end(body?: string): unknown;
  destroy(): unknown;
}

/** One health response, ready to be sent. */
export interface RenderedHealth {
  readonly ok: boolean;
  readonly body: string;
}

/** Runs the checks of one health path. */
export type HealthReader = () => Promise<RenderedHealth>;

/** Makes the function that runs the checks of one health path; concurrent callers share one run. */
export function makeHealthReader(
  health: HealthChecks | HealthSource,
  timeoutMs: number,
): HealthReader {
  let running: Promise<RenderedHealth> | undefined;
  return () => {
    running ??= render(health, timeoutMs).finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Makes the function that answers one health path. */
export function makeHealthResponder(
  read: HealthReader,
): (request: HealthRequest, response: HealthResponse) => Promise<void> {
  return async (request, response) => {
    const { ok, body } = await read();
    response.writeHead(ok ? 200 : 503, {
      'content-type': 'application/health+json',
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : `${body}\n`);
  };
}

async function render(
  health: HealthChecks | HealthSource,
  timeoutMs: number,
): Promise<RenderedHealth> {
  let error_type = 'timeout';
  const asked = (async () => {
    const answer =
      typeof health === 'function' ? await health() : await runChecks(health, timeoutMs);
    const { ok, report } = 'report' in answer ? answer : publicAnswer(answer);
    return { ok, body: JSON.stringify(report) };
  })().catch((error: unknown) => {
    error_type = redactText(errorType(error));
    return undefined;
  });
  // Checks have the same time limit each, and report which of them was late.
  const limit = typeof health === 'function' ? timeoutMs : timeoutMs * 1.5;
  const rendered = await withTimeLimit(asked, limit, () => undefined);
  return rendered ?? { ok: false, body: JSON.stringify({ status: 'fail', error_type }) };
}

/** Everybody can read a report, so it shows which check failed, but no message. */
function publicAnswer({ status, reason, checks }: HealthReport): HealthAnswer {
  if (status !== 'pass' && status !== 'warn' && status !== 'fail') {
    throw new TypeError('The health report must have a status of pass, warn or fail.');
  }
  const shown = Object.entries(checks ?? {}).map(([name, check]) => {
    const { error: _error, ...rest } = check as HealthCheckResult & { readonly error?: unknown };
    return [redactText(name), rest];
  });
  const report = {
    status,
    reason: reason === undefined ? undefined : redactText(String(reason)),
    checks: Object.fromEntries(shown),
  };
  return { ok: status !== 'fail', report };
}

/** Runs checks concurrently, each with the same time limit. */
async function runChecks(checks: HealthChecks, timeoutMs: number): Promise<HealthReport> {
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
  // A check that is not a function throws here.
  const asked = (async () => (isWell(await check()) ? undefined : 'not_ok'))().catch(errorType);
  const error_type = await withTimeLimit(asked, timeoutMs, () => 'timeout');
  const duration_ms = Math.round(performance.now() - start);
  return error_type === undefined
    ? { status: 'pass', duration_ms }
    : { status: 'fail', duration_ms, error_type: redactText(error_type) };
}

function isWell(value: unknown): boolean {
  if (value === false) return false;
  return !(typeof value === 'object' && value !== null && 'ok' in value && value.ok === false);
}
