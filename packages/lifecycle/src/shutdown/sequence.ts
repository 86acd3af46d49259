/**
 * The time budget of a shutdown.
 *
 * Endings run one after the other within one limit. Each has a share of the limit reserved, and may
 * use all the time that is left except the shares reserved for those after it. So an ending that
 * hangs uses up its own time and whatever earlier endings left over, and never the time of a later
 * one; endings that are quick leave their time to the others.
 */
import { convertException } from '@map/errors';
import { redactText } from '@map/redaction';
import { withDeadline } from '../deadline/deadline.ts';

/** One thing that a shutdown ends. */
export interface Ending {
  /** Short name, for reports. */
  readonly name: string;
  /** Part of the whole limit that is reserved for it, 0 to 1. */
  readonly share: number;
  /** Ends it within the given milliseconds; the signal is aborted once they have passed. */
  readonly run: (signal: AbortSignal, timeoutMs: number) => unknown;
  /** Describes the work that has not ended, for the report. */
  readonly left?: () => string;
}

/** Result of one ending. */
export interface EndingReport {
  /** Name of the ending. */
  readonly name: string;
  /** Duration in milliseconds. */
  readonly durationMs: number;
  /** `late` did not end within its time, `failed` threw. */
  readonly status: 'ended' | 'failed' | 'late';
  /** The failure, in one sentence without secrets. */
  readonly error?: string;
}

/** A timer may fire that much late without anything being wrong. */
const TOLERANCE_MS = 100;
/** The least time of an ending, unless its share is smaller. */
const LEAST_MS = 100;

/**
 * Runs endings in order within one limit; a late or failing one never stops the others.
 *
 * @param endings In their order; their shares add up to 1 at most.
 * @param limitMs The whole limit in milliseconds.
 * @param onEnding Called with the name of each ending as it begins.
 * @returns One report per ending.
 */
export async function runSequence(
  endings: readonly Ending[],
  limitMs: number,
  onEnding: (name: string) => void = () => undefined,
): Promise<readonly EndingReport[]> {
  const startedAt = performance.now();
  const reports: EndingReport[] = [];
  let reserved = endings.reduce((sum, { share }) => sum + share, 0);

  for (const ending of endings) {
    reserved -= ending.share;
    const untilMs = limitMs * (1 - Math.max(0, reserved));
    // An ending that blocked the event loop has used the time of later ones; they still get a little.
    const leastMs = Math.min(LEAST_MS, limitMs * ending.share);
    const timeoutMs = Math.max(2, leastMs, untilMs - (performance.now() - startedAt));
    onEnding(ending.name);
    reports.push(await runEnding(ending, Math.floor(timeoutMs)));
  }
  return reports;
}

async function runEnding(ending: Ending, timeoutMs: number): Promise<EndingReport> {
  const { name, run, left } = ending;
  const startedAt = performance.now();
  let expired: AbortSignal | undefined;
  let remaining = '';
  const work = (signal: AbortSignal) => {
    expired = signal;
    // Read before the abort reaches anything else.
    signal.addEventListener('abort', () => {
      remaining = left?.() ?? '';
    });
    return run(signal, timeoutMs);
  };
  const elapsed = () => performance.now() - startedAt;
  try {
    await withDeadline(work, { timeoutMs, what: name });
    const durationMs = elapsed();
    if (durationMs <= timeoutMs + TOLERANCE_MS) return { name, durationMs, status: 'ended' };
    // The work blocked the event loop, so that no timer could fire.
    const error = redactText(
      `${name} blocked the process for ${Math.round(durationMs)} ms; its limit is ${timeoutMs} ms.`,
    );
    return { name, durationMs, status: 'late', error };
  } catch (error) {
    const late = expired?.aborted === true;
    const { code, message } = convertException(error);
    const rest = late && left !== undefined ? ` Still in flight: ${remaining}.` : '';
    return {
      name,
      durationMs: elapsed(),
      status: late ? 'late' : 'failed',
      error: redactText(`${code}: ${message}${rest}`),
    };
  }
}
