import { optionNames } from '@map/redaction/kernel';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { check, checkOptions as checkNames } from '../common/check.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import { checkOptions } from '../manager/options.ts';
import { aggregate, PromQl } from './promql.ts';

/** Options of the alert rules. */
export interface AlertOptions {
  /** The prefix of the manager. */
  readonly prefix?: string | undefined;
  /** US dollars that the models of one service may cost a day; 100 by default. */
  readonly dailyBudgetUsd?: number | undefined;
}

/** One alert of Prometheus. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: Severity };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
  };
}

/** A rule file's content. */
export interface AlertGroup {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

type Severity = 'warning' | 'critical';

/** The parts that differ between alerts. */
type Row = readonly [alert: string, severity: Severity, wait: string, expr: string, text: string];

const RUNBOOKS = 'https://git.example.com/map/map/blob/main/docs/operations.md';

const { http, task, llm, agent, tool, connection, self } = CATALOGUE;

const OPTIONS = optionNames<AlertOptions>({ prefix: true, dailyBudgetUsd: true });

/**
 * Makes alert rules for the metrics of the catalogue. Each alert keeps the label `job` and links to
 * its section of docs/operations.md. JSON is valid YAML, so the result can be written to a rule
 * file unchanged.
 *
 * @param options The prefix of the manager, and what the models of a service may cost a day.
 * @returns The content of a rule file.
 * @throws `METRICS_OPTION_INVALID` if the prefix is not a name or the budget is not positive.
 * @example
 * ```ts
 * import { alertRules } from '@map/metrics/dashboards';
 *
 * console.log(JSON.stringify(alertRules({ dailyBudgetUsd: 500 }), null, 2));
 * ```
 */
export function alertRules(options: AlertOptions = {}): AlertGroup {
  checkNames('alertRules()', options, OPTIONS);
  const { prefix = '', dailyBudgetUsd = 100 } = options;
  checkOptions({ prefix });
  const isBudget = Number.isFinite(dailyBudgetUsd) && dailyBudgetUsd > 0;
  check(isBudget, 'dailyBudgetUsd', 'a positive number', dailyBudgetUsd);
  const promql = new PromQl({ prefix, filters: {}, window: '5m' });
  const rows = [
    ...ofTasks(promql),
    ...ofModels(promql),
    ...ofCost(promql, dailyBudgetUsd),
    ...ofWork(promql),
    ...ofConnections(promql),
    ...ofProcess(promql),
  ];
  return { groups: [{ name: `${prefix}agent_platform`, rules: rows.map(rule) }] };
}

function rule([alert, severity, wait, expr, description]: Row): AlertRule {
  const summary = alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
  const runbook_url = `${RUNBOOKS}#${alert.toLowerCase()}`;
  const annotations = { summary, description, runbook_url };
  return { alert, expr, for: wait, labels: { severity }, annotations };
}

/** The share of events that match, or of another counter, by labels and by service. */
function ratio(
  promql: PromQl,
  [part, matcher]: readonly [MetricDefinition, string?],
  whole: MetricDefinition,
  label: string,
): string {
  const by = ['job', ...label.split(' ')];
  return `${promql.rate(part, by, matcher)} / ${promql.rate(whole, by)}`;
}

function p95(promql: PromQl, histogram: MetricDefinition, label: string): string {
  return promql.quantile(0.95, histogram, ['job', ...label.split(' ')]);
}

function ofTasks(promql: PromQl): Row[] {
  const depth = aggregate('max', ['job', 'queue'], promql.select(task.queueDepth));
  const unsuccessful = [task.completed, 'status=~"error|timeout"'] as const;
  return [
    [
      'TaskErrors',
      'warning',
      '10m',
      `${ratio(promql, unsuccessful, task.completed, 'task_type')} > 0.1`,
      'More than 10 % of the runs of {{ $labels.task_type }} fail.',
    ],
    [
      'TaskFailures',
      'critical',
      '10m',
      `${ratio(promql, [task.failures], task.consumed, 'task_type')} > 0.05`,
      'More than 5 % of the tasks of type {{ $labels.task_type }} fail for good.',
    ],
    [
      'TaskQueueWait',
      'warning',
      '10m',
      `${p95(promql, task.queueWait, 'task_type')} > 60`,
      'One task in twenty of type {{ $labels.task_type }} waits longer than a minute.',
    ],
    [
      'TaskQueueGrows',
      'warning',
      '10m',
      `${depth} > 100 and deriv(${depth}[15m:1m]) > 0`,
      'The queue {{ $labels.queue }} is long and grows.',
    ],
    [
      'TasksStalled',
      'warning',
      '10m',
      `${promql.rate(task.stalled, ['job', 'queue'])} > 0`,
      'Processes that work on {{ $labels.queue }} end without returning their tasks, or hang.',
    ],
  ];
}

function ofModels(promql: PromQl): Row[] {
  const model = 'provider model';
  // The codes of these packages and the names that libraries give.
  const limited = [llm.errors, 'error_type=~"(?i).*(rate.?limit|quota|429).*"'] as const;
  const late = [llm.errors, 'error_type=~"(?i).*(timeout|deadline).*"'] as const;
  return [
    [
      'LlmErrors',
      'warning',
      '10m',
      `${ratio(promql, [llm.errors], llm.requests, model)} > 0.05`,
      'More than 5 % of the requests to {{ $labels.model }} fail.',
    ],
    [
      'LlmRateLimited',
      'warning',
      '10m',
      `${ratio(promql, limited, llm.requests, model)} > 0.02`,
      '{{ $labels.provider }} refuses more than 2 % of the requests to {{ $labels.model }}.',
    ],
    [
      'LlmDeadlines',
      'warning',
      '10m',
      `${ratio(promql, late, llm.requests, model)} > 0.05`,
      'More than 5 % of the requests to {{ $labels.model }} do not end in time.',
    ],
    [
      'LlmSlow',
      'warning',
      '10m',
      `${p95(promql, llm.duration, model)} > 60`,
      'One request in twenty to {{ $labels.model }} takes longer than a minute.',
    ],
    [
      'LlmFirstTokenSlow',
      'warning',
      '10m',
      `${p95(promql, llm.timeToFirstToken, model)} > 10`,
      'One response in twenty of {{ $labels.model }} starts later than after 10 s.',
    ],
    [
      'LlmFallbacks',
      'warning',
      '10m',
      `${promql.rate(llm.fallbacks, ['job', 'from_model', 'to_model'])} > 0.1`,
      '{{ $labels.to_model }} keeps taking over from {{ $labels.from_model }}.',
    ],
  ];
}

function ofCost(promql: PromQl, budget: number): Row[] {
  const cost = (window: string) => promql.increase(llm.cost, ['job'], window);
  return [
    [
      'LlmCostBurnFast',
      'critical',
      '5m',
      `${cost('1h')} * 24 > ${budget * 3}`,
      `At the pace of the last hour, {{ $labels.job }} costs more than three times its ${budget} USD a day.`,
    ],
    [
      'LlmCostBurn',
      'warning',
      '15m',
      `${cost('6h')} * 4 > ${budget}`,
      `At the pace of the last six hours, {{ $labels.job }} costs more than its ${budget} USD a day.`,
    ],
    [
      'LlmCostUnknown',
      'warning',
      '10m',
      `${promql.rate(llm.costUnknown, ['job', 'provider', 'model'])} > 0`,
      'The cost of {{ $labels.model }} is unknown, so it is missing in every figure of cost.',
    ],
  ];
}

function ofWork(promql: PromQl): Row[] {
  return [
    [
      'AgentErrors',
      'warning',
      '10m',
      `${ratio(promql, [agent.errors], agent.operations, 'agent')} > 0.1`,
      'More than 10 % of the operations of {{ $labels.agent }} fail.',
    ],
    [
      'ToolErrors',
      'warning',
      '10m',
      `${ratio(promql, [tool.errors], tool.executions, 'tool')} > 0.1`,
      'More than 10 % of the executions of {{ $labels.tool }} fail.',
    ],
    [
      'HttpErrors',
      'warning',
      '10m',
      `${ratio(promql, [http.requests, 'status_code=~"5.."'], http.requests, 'route')} > 0.05`,
      'More than 5 % of the requests to {{ $labels.route }} fail.',
    ],
    [
      'HttpSlow',
      'warning',
      '10m',
      `${p95(promql, http.duration, 'route')} > 5`,
      'One request in twenty to {{ $labels.route }} takes longer than 5 s.',
    ],
  ];
}

function ofConnections(promql: PromQl): Row[] {
  const circuit = promql.select(connection.circuit);
  return [
    [
      'ConnectionPoolExhausted',
      'critical',
      '10m',
      `${promql.rate(connection.timeouts, ['job', 'pool', 'kind'])} > 0`,
      'Callers do not get a connection of {{ $labels.pool }} in time.',
    ],
    [
      'ConnectionErrors',
      'warning',
      '10m',
      `${promql.rate(connection.errors, ['job', 'pool', 'error_type'])} > 0.1`,
      '{{ $labels.pool }} keeps failing with {{ $labels.error_type }}.',
    ],
    [
      'CircuitOpen',
      'warning',
      '5m',
      `${aggregate('max', ['job', 'pool', 'server'], circuit)} == 2`,
      'Requests of {{ $labels.pool }} to {{ $labels.server }} fail at once: its circuit is open.',
    ],
  ];
}

function ofProcess(promql: PromQl): Row[] {
  const full = (used: string, limit: MetricDefinition) => {
    const by = ['job', 'instance'];
    const whole = aggregate('max', by, promql.select(limit));
    return `${aggregate('max', by, promql.process(used))} / ${whole}`;
  };
  return [
    [
      'TargetDown',
      'critical',
      '2m',
      // Only targets that served these metrics within a day; the others are not ours.
      `up == 0 and on (job, instance) last_over_time(${promql.select(self.buildInfo)}[1d])`,
      'Prometheus cannot scrape {{ $labels.instance }} of {{ $labels.job }}.',
    ],
    [
      'HeapFull',
      'critical',
      '10m',
      `${full('nodejs_heap_size_used_bytes', self.heapLimit)} > 0.85`,
      'The heap of {{ $labels.instance }} is almost full: Node.js ends the process when it is.',
    ],
    [
      'MemoryFull',
      'critical',
      '10m',
      `${full('process_resident_memory_bytes', self.memoryLimit)} > 0.9`,
      '{{ $labels.instance }} uses almost all the memory that it may use.',
    ],
    [
      'EventLoopBusy',
      'critical',
      '10m',
      `${promql.select(self.utilization)} > 0.95`,
      'The event loop of {{ $labels.instance }} is saturated.',
    ],
    [
      'MetricsOverflow',
      'warning',
      '10m',
      `${promql.rate(self.overflow, ['job', 'metric'])} > 0`,
      '{{ $labels.metric }} has too many label combinations; new ones count as other.',
    ],
    [
      'MetricsRejected',
      'warning',
      '10m',
      `${promql.rate(self.rejected, ['job', 'metric', 'reason'])} > 0`,
      'Measurements for {{ $labels.metric }} have a wrong {{ $labels.reason }}.',
    ],
  ];
}
