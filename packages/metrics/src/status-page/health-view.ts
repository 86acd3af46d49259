import type { CheckView, HealthView } from './view.ts';

/** Reads a health report, which an application may render in its own way. */
export function healthView(body: string | undefined): HealthView {
  if (body === undefined) return unknownHealth('The checks have not finished yet.');
  let report: unknown;
  try {
    report = JSON.parse(body);
  } catch {
    return unknownHealth('The health report cannot be read.');
  }
  const { status, reason, error_type: errorType, checks } = fieldsOf(report);
  return {
    status: textOf(status) ?? 'unknown',
    reason: textOf(reason) ?? textOf(errorType),
    checks: Object.entries(fieldsOf(checks)).map(([name, check]) => checkView(name, check)),
  };
}

function checkView(name: string, check: unknown): CheckView {
  const { status, duration_ms: durationMs, error_type: errorType } = fieldsOf(check);
  return {
    name,
    status: textOf(status) ?? 'unknown',
    durationMs: typeof durationMs === 'number' ? durationMs : undefined,
    errorType: textOf(errorType),
  };
}

function unknownHealth(reason: string): HealthView {
  return { status: 'unknown', reason, checks: [] };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
