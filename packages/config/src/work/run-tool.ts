import { ErrorCode } from '@map/errors';
import { checkNames, checkString } from '@map/errors/kernel';
import { getMetricsManager, TOOL_EXECUTIONS_IN_FLIGHT } from '@map/metrics';
import { optionNames } from '@map/redaction/kernel';
import type { Reported, Unreported, WorkReport } from './report.ts';
import { runUnit, WORK_OPTIONS, type Work, type WorkOptions } from './unit-of-work.ts';

/** Options of {@link runTool}. */
export interface ToolOptions extends WorkOptions {
  /** Name of the tool, from a small set: the label `tool` of the metrics. */
  readonly tool: string;
  /** Id of the call, as the model gave it, for every log line and the span. */
  readonly callId?: string;
}

const OPTIONS = optionNames<ToolOptions & Unreported>({
  ...WORK_OPTIONS,
  tool: true,
  callId: true,
});

/**
 * Runs a tool in its own log context: timed, counted, awaited by a shutdown, and with a coded error
 * if it fails.
 *
 * @param options The tool, the id of the call, limits, and the context of a message.
 * @param work The tool; it receives a signal that is aborted when it has to stop.
 * @returns What the work returns; with `report: true`, that as `value` beside its `costUsd` and
 * `durationMs`.
 * @throws A coded error: the work's own, converted; `TOOL_TIMEOUT_7504` past the limit;
 * `OPERATION_CANCELLED_1003` when cancelled; `TASK_INTERRUPTED_7007`, retryable, when aborted by a
 * shutdown.
 * @example
 * ```ts
 * import { runTool } from '@map/config';
 *
 * const found = await runTool({ tool: 'search', timeoutMs: 5000 }, () => ['a page']);
 * console.log(found.length);
 * ```
 */
export async function runTool<T>(
  options: ToolOptions & Reported,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<WorkReport<T>>;
export async function runTool<T>(
  options: ToolOptions & Unreported,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T>;
export async function runTool<T>(
  options: ToolOptions & (Reported | Unreported),
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T | WorkReport<T>> {
  checkNames('runTool()', options, OPTIONS);
  checkString('tool', options.tool, 'runTool()');
  const { tool, callId, ...rest } = options;
  const metrics = getMetricsManager();
  return await runUnit(
    {
      ...rest,
      name: `tool ${tool}`,
      origin: 'tool',
      codes: {
        failed: ErrorCode.TOOL_ERROR,
        late: ErrorCode.TOOL_TIMEOUT,
        cancelled: ErrorCode.OPERATION_CANCELLED,
      },
      span: () => ({
        name: `execute_tool ${tool}`,
        kind: rest.carrier === undefined ? 'internal' : 'server',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
          'gen_ai.tool.type': 'function',
          'gen_ai.tool.call.id': callId,
        },
      }),
      context: { tool, ...(callId !== undefined && { tool_call_id: callId }) },
      onBegin: () => TOOL_EXECUTIONS_IN_FLIGHT.inc({ tool }),
      onEnd: ({ status, seconds, error }) => {
        TOOL_EXECUTIONS_IN_FLIGHT.dec({ tool });
        metrics.trackTool('executions', { tool, status });
        metrics.trackTool('duration', { tool, status }, seconds);
        if (error !== undefined) {
          metrics.trackTool('errors', { tool, error_type: error.code });
        }
      },
    },
    work,
  );
}
