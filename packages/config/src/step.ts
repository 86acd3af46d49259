import { type BaseError, convertException, ErrorCode } from '@map/errors';
import { codedError } from './coded-error.ts';
import { withDeadline } from './deadline.ts';

/** Takes back what a step has done. */
export type Undo = () => unknown;

/** One step of the start-up. */
export interface Step {
  /** Short name, for reports and errors. */
  readonly name: string;
  /** Time limit in milliseconds. */
  readonly timeoutMs: number;
  /** Does the step; what it returns takes it back. */
  readonly run: (signal: AbortSignal) => Undo | undefined | Promise<Undo | undefined>;
}

/** How one step went. */
export interface StepReport {
  /** The step's name. */
  readonly name: string;
  /** Its time in milliseconds. */
  readonly durationMs: number;
}

/** The steps that were done, and how to take them back. */
export interface StepsDone {
  /** One entry a step, in order. */
  readonly reports: readonly StepReport[];
  /** Takes back every step, last first; gives the names of those that failed to be taken back. */
  readonly undo: () => Promise<readonly string[]>;
}

/** Who hears of steps. */
export interface StepListeners {
  readonly onStep?: (report: StepReport) => void;
  readonly onFailure?: (error: BaseError) => void;
}

/** Limit for taking back one step. */
const UNDO_TIMEOUT_MS = 5_000;

/**
 * Runs steps one after the other; when one fails, takes back those before it, last first.
 *
 * @param steps The steps in their order.
 * @param listeners Who hears of each finished step, and of the failing one before the undoing.
 * @returns The times, and a function that takes everything back.
 * @throws `OPERATION_TIMEOUT_1002` for a step past its limit, otherwise an error with the code of
 * the failure, of the class that fits it; its message and details name the step.
 */
export async function runSteps(
  steps: readonly Step[],
  { onStep, onFailure }: StepListeners = {},
): Promise<StepsDone> {
  const reports: StepReport[] = [];
  const undos: { name: string; undo: Undo }[] = [];
  const undo = () => undoAll(undos);

  for (const [index, step] of steps.entries()) {
    const startedAt = performance.now();
    try {
      const undoStep = await withDeadline(step.run, {
        timeoutMs: step.timeoutMs,
        what: `Start-up step ${index + 1} (${step.name})`,
        onLate: (late) => late?.(),
      });
      if (undoStep !== undefined) undos.push({ name: step.name, undo: undoStep });
    } catch (cause) {
      const undone = undos.map(({ name }) => name).reverse();
      const failure = { number: index + 1, name: step.name, undone };
      onFailure?.(stepError(cause, { ...failure, notUndone: [] }));
      throw stepError(cause, { ...failure, notUndone: await undo() });
    }
    const report = { name: step.name, durationMs: performance.now() - startedAt };
    reports.push(report);
    onStep?.(report);
  }
  return { reports, undo };
}

async function undoAll(undos: { name: string; undo: Undo }[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let entry = undos.pop(); entry !== undefined; entry = undos.pop()) {
    const { name, undo } = entry;
    try {
      await withDeadline(undo, { timeoutMs: UNDO_TIMEOUT_MS, what: `Undoing ${name}` });
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

interface StepFailure {
  readonly number: number;
  readonly name: string;
  readonly undone: readonly string[];
  readonly notUndone: readonly string[];
}

function stepError(cause: unknown, failure: StepFailure): BaseError {
  const error = convertException(cause, { defaultCode: ErrorCode.CONFIGURATION_ERROR });
  const { code, retry, retryAfterMs } = error;
  return codedError({
    code,
    message: `Start-up failed at step ${failure.number} (${failure.name}): ${error.message}`,
    details: {
      ...error.details,
      step: failure.name,
      step_number: failure.number,
      undone: failure.undone,
      ...(failure.notUndone.length > 0 && { not_undone: failure.notUndone }),
    },
    originalError: cause,
    retryAfterMs,
    ...(retry !== 'conditional' && { retryable: retry === 'yes' }),
  });
}
