import { ErrorCode } from '@map/errors';
import { checkNames, checkString } from '@map/errors/kernel';
import { AGENTS_ACTIVE, getMetricsManager } from '@map/metrics';
import { optionNames } from '@map/redaction/kernel';
import type { Reported, Unreported, WorkReport } from './report.ts';
import { runUnit, WORK_OPTIONS, type Work, type WorkOptions } from './unit-of-work.ts';

/** Options of {@link runAgentStep}. */
export interface AgentStepOptions extends WorkOptions {
  /** Name of the agent, from a small set: the label `agent` of the metrics. */
  readonly agent: string;
  /** The operation, from a small set: the label `operation` of the metrics. */
  readonly operation: string;
  /** Id of this agent, for every log line; its name by default. */
  readonly agentId?: string;
  /** Id of the task it works on, for every log line. */
  readonly taskId?: string;
}

const OPTIONS = optionNames<AgentStepOptions & Unreported>({
  ...WORK_OPTIONS,
  agent: true,
  operation: true,
  agentId: true,
  taskId: true,
});

/**
 * Runs one step of an agent in its own log context: timed, counted, awaited by a shutdown, and with
 * a coded error if it fails.
 *
 * @param options Agent and operation, ids, limits, and the context of a message.
 * @param work The step; it receives a signal that is aborted when it has to stop.
 * @returns What the work returns; with `report: true`, that as `value` beside its `costUsd` and
 * `durationMs`.
 * @throws A coded error: the work's own, converted; `AGENT_TIMEOUT_6004` past the limit;
 * `OPERATION_CANCELLED_1003` when cancelled; `TASK_INTERRUPTED_7007`, retryable, when aborted by a
 * shutdown.
 * @example
 * ```ts
 * import { runAgentStep } from '@map/config';
 *
 * const plan = await runAgentStep({ agent: 'planner', operation: 'plan' }, () => ['search', 'write']);
 * console.log(plan.length);
 * ```
 */
export async function runAgentStep<T>(
  options: AgentStepOptions & Reported,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<WorkReport<T>>;
export async function runAgentStep<T>(
  options: AgentStepOptions & Unreported,
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T>;
export async function runAgentStep<T>(
  options: AgentStepOptions & (Reported | Unreported),
  work: (work: Work) => T | PromiseLike<T>,
): Promise<T | WorkReport<T>> {
  checkNames('runAgentStep()', options, OPTIONS);
  checkString('agent', options.agent, 'runAgentStep()');
  checkString('operation', options.operation, 'runAgentStep()');
  const { agent, operation, agentId = agent, taskId, ...rest } = options;
  const metrics = getMetricsManager();
  return await runUnit(
    {
      ...rest,
      name: `agent ${agent} ${operation}`,
      origin: 'agent',
      owner: agent,
      codes: {
        failed: ErrorCode.AGENT_ERROR,
        late: ErrorCode.AGENT_TIMEOUT,
        cancelled: ErrorCode.OPERATION_CANCELLED,
      },
      span: () => ({
        name: `invoke_agent ${agent}`,
        kind: rest.carrier === undefined ? 'internal' : 'server',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': agent,
          'gen_ai.agent.id': agentId,
          'map.agent.operation': operation,
          'map.task.id': taskId,
        },
      }),
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
