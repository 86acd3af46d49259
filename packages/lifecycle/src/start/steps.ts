import { type BaseError, type BaseErrorOptions, convertException, ErrorCode } from '@map/errors';
import { optionError } from '@map/errors/kernel';
import { isArray, read } from '@map/redaction/kernel';
import { withDeadline } from '../deadline/deadline.ts';

/** Reverts the effects of a step. */
export type Undo = () => unknown;

/** One step of a start-up. */
export interface Step {
  /** Short name, for reports and errors. */
  readonly name: string;
  /** Time limit in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  /**
   * Runs the step.
   *
   * @param signal Aborted when the time limit passes or a shutdown interrupts the start.
   * @returns A function that reverts the step if a later one fails, where one is needed.
   */
  readonly run: (signal: AbortSignal) => unknown;
}

/** Duration of one step. */
export interface StepReport {
  /** Name of the step. */
  readonly name: string;
  /** Its duration in milliseconds. */
  readonly durationMs: number;
}

/** The arguments of {@link runSteps} besides the steps. */
export interface StepsOptions {
  /** Interrupts the start; its reason becomes the cause of the error. */
  readonly signal: AbortSignal;
  /** Called after each step. */
  readonly onStep: (report: StepReport) => void;
  /** Called with the error of the failing step, before anything is reverted. */
  readonly onFailure: (error: BaseError) => void;
  /** Runs before the steps are reverted; returns the names of the parts that it could not end. */
  readonly beforeUndo: () => Promise<readonly string[]>;
}

const STEP_TIMEOUT_MS = 10_000;
const UNDO_TIMEOUT_MS = 5_000;

interface Done {
  readonly name: string;
  readonly undo: Undo;
}

/**
 * Reads the steps, each member once: a getter that throws must not do so in the middle of a start.
 *
 * @throws `CONFIG_INVALID_3002` for steps that cannot be run, in the words of the first problem.
 */
export function readSteps(steps: unknown): readonly Step[] {
  if (!isArray(steps)) throw optionError('steps', 'an array of steps', steps);
  return Array.from(steps, (step, i) => {
    const of = `step ${i + 1}`;
    const name = read(step, 'name');
    if (typeof name !== 'string') throw optionError('name', 'a string', name, { of });
    const run = read(step, 'run');
    if (typeof run !== 'function') throw optionError('run', 'a function', run, { of });
    const timeoutMs = read(step, 'timeoutMs');
    return { name, run, ...(timeoutMs !== undefined && { timeoutMs }) } as Step;
  });
}

/**
 * Runs steps in order; if one fails, reverts those before it, last first.
 *
 * @param steps The steps in their order.
 * @param options The signal, and the functions to call.
 * @returns One report per step.
 * @throws `OPERATION_TIMEOUT_1002` for a step past its limit, otherwise an error with the code of
 * the failure, of the class that fits it; its message and `details` name the step.
 */
export async function runSteps(
  steps: readonly Step[],
  { signal, onStep, onFailure, beforeUndo }: StepsOptions,
): Promise<readonly StepReport[]> {
  const reports: StepReport[] = [];
  const done: Done[] = [];
  for (const [index, { name, timeoutMs = STEP_TIMEOUT_MS, run }] of steps.entries()) {
    const startedAt = performance.now();
    const position = { name, number: index + 1 };
    try {
      const undo = await withDeadline(run, {
        timeoutMs,
        what: `Start-up step ${position.number} (${name})`,
        signal,
        // A step that completes too late is reverted too.
        onLate: (late) => (typeof late === 'function' ? late() : undefined),
      });
      if (typeof undo === 'function') done.push({ name, undo: undo as Undo });
    } catch (cause) {
      const undone = done.map((each) => each.name).reverse();
      onFailure(stepError(cause, { ...position, undone, notUndone: [] }));
      const notUndone = [...(await beforeUndo()), ...(await undoAll(done))];
      throw stepError(cause, { ...position, undone, notUndone });
    }
    const report = { name, durationMs: performance.now() - startedAt };
    reports.push(report);
    onStep(report);
  }
  return reports;
}

/** Reverts steps, last first; returns the names of those that failed. */
async function undoAll(done: readonly Done[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, undo } of [...done].reverse()) {
    try {
      await withDeadline(undo, { timeoutMs: UNDO_TIMEOUT_MS, what: `Reverting ${name}` });
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
  const Class = error.constructor as new (options: BaseErrorOptions) => BaseError;
  return new Class({
    code: error.code,
    message: `Start-up failed at step ${failure.number} (${failure.name}): ${error.message}`,
    details: {
      ...error.details,
      step: failure.name,
      step_number: failure.number,
      undone: failure.undone,
      ...(failure.notUndone.length > 0 && { not_undone: failure.notUndone }),
    },
    originalError: cause,
    retryAfterMs: error.retryAfterMs,
    ...(error.retry !== 'conditional' && { retryable: error.retry === 'yes' }),
  });
}
