import { withDeadline } from './deadline.ts';
import { toErrorText } from './error-text.ts';

/** One thing that has to end. */
export interface Ending {
  /** Short name, for reports. */
  readonly name: string;
  /** Part of the whole limit that is kept free for it, 0 to 1. */
  readonly share: number;
  /** Ends it within its time, in milliseconds; the signal is aborted when that is over. */
  readonly run: (signal: AbortSignal, timeoutMs: number) => unknown;
  /** What is left to end, for the report of a late one. */
  readonly left?: () => string;
}

/** How one ending went. */
export interface EndingReport {
  /** The ending's name. */
  readonly name: string;
  /** Its time in milliseconds. */
  readonly durationMs: number;
  /** `late` did not end within its time, `failed` threw. */
  readonly status: 'ended' | 'failed' | 'late';
  /** What went wrong, in one sentence. */
  readonly error?: string;
}

/**
 * Runs endings one after the other within one limit; a late or failing one never stops the others.
 *
 * Each may use all the time that is left, except the shares kept free for those after it.
 *
 * @param endings In their order; their shares add up to 1 at most.
 * @param limitMs The whole limit in milliseconds.
 * @param onEnding Hears of each ending as it begins.
 * @returns One report an ending.
 */
export async function runSequence(
  endings: readonly Ending[],
  limitMs: number,
  onEnding: (name: string) => void = () => undefined,
): Promise<readonly EndingReport[]> {
  const startedAt = performance.now();
  const reports: EndingReport[] = [];
  let reserved = endings.reduce((sum, { share }) => sum + share, 0);

  for (const { name, share, run, left } of endings) {
    reserved -= share;
    const began = performance.now();
    const untilMs = limitMs * (1 - Math.max(0, reserved));
    const timeoutMs = Math.max(2, Math.floor(untilMs - (began - startedAt)));
    let expired: AbortSignal | undefined;
    let remaining = '';
    let report: Pick<EndingReport, 'status' | 'error'> = { status: 'ended' };
    onEnding(name);
    try {
      await withDeadline(
        (signal) => {
          expired = signal;
          // Read before anything is told to give up.
          signal.addEventListener('abort', () => {
            remaining = left?.() ?? '';
          });
          return run(signal, timeoutMs);
        },
        { timeoutMs, what: name },
      );
    } catch (error) {
      const late = expired?.aborted === true;
      const rest = late && left !== undefined ? ` Still there: ${remaining}.` : '';
      report = { status: late ? 'late' : 'failed', error: toErrorText(error) + rest };
    }
    reports.push({ name, durationMs: performance.now() - began, ...report });
  }
  return reports;
}
