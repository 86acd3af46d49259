import { ErrorCode } from '@map/errors';
import { AGENTS_ACTIVE, getMetricsManager } from '@map/metrics';
import { runUnit, type Work, type WorkOptions } from './unit-of-work.ts';

/** What a step of an agent is. */
export interface AgentStepOptions extends WorkOptions {
  /** The agent's name, one of a few: the metrics' label `agent`. */
  readonly agent: string;
  /** What it does, one of a few: the metrics' label `operation`. */
  readonly operation: string;
  /** Id of this agent, in every log line; its name when left out. */
  readonly agentId?: string;
  /** Id of the task it works on, in every log line. */
  readonly taskId?: string;
}

/**
 * Runs one step of an agent, with the same care as `runTask`.
 *
 * @param options Which agent does what.
 * @param work The step; it is given a signal that tells it to stop.
 * @returns What the work returns.
 * @throws A coded error: the work's own, converted; `AGENT_TIMEOUT_6004` past the limit;
 * `OPERATION_CANCELLED_1003` when cancelled or given up by a shutdown.
 * @example
 * ```ts
 * import { runAgentStep } from '@map/config';
 *
 * const plan = await runAgentStep({ agent: 'planner', operation: 'plan' }, () => ['search', 'write']);
 * console.log(plan.length);
 * ```
 */
export function runAgentStep<T>(
  options: AgentStepOptions,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T> {
  const { agent, operation, agentId = agent, taskId, ...rest } = options;
  const metrics = getMetricsManager();
  return runUnit(
    {
      ...rest,
      name: `agent ${agent} ${operation}`,
      origin: 'agent',
      codes: {
        failed: ErrorCode.AGENT_ERROR,
        late: ErrorCode.AGENT_TIMEOUT,
        gone: ErrorCode.OPERATION_CANCELLED,
      },
      context: { agent_id: agentId, ...(taskId !== undefined && { task_id: taskId }) },
      onBegin: () => AGENTS_ACTIVE.inc({ agent }),
      onEnd: ({ status, seconds, error }) => {
        AGENTS_ACTIVE.dec({ agent });
        metrics.trackAgent('operations', { agent, operation, status });
        metrics.trackAgent('duration', { agent, operation, status }, seconds);
        if (error !== undefined) {
          metrics.trackAgent('errors', { agent, operation, error_type: error.code });
        }
      },
    },
    work,
  );
}
