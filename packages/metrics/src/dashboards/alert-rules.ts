import { CATALOGUE, type Catalogue, type Category } from '../catalogue/catalogue.ts';

/** One alert of Prometheus. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'warning' | 'critical' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** A rule file's content. */
export interface AlertGroup {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

type NameOf = <C extends Category>(category: C, key: keyof Catalogue[C] & string) => string;

/**
 * Makes alert rules for the metrics of the catalogue. JSON is valid YAML, so the result can be
 * written to a rule file unchanged.
 *
 * @param options The prefix of the manager.
 * @returns The content of a rule file.
 * @example
 * ```ts
 * import { alertRules } from '@map/metrics/dashboards';
 *
 * console.log(JSON.stringify(alertRules(), null, 2));
 * ```
 */
export function alertRules({ prefix = '' }: { readonly prefix?: string } = {}): AlertGroup {
  const name: NameOf = (category, key) => {
    const metrics = CATALOGUE[category] as Readonly<Record<string, { readonly name: string }>>;
    return prefix + (metrics[key]?.name ?? '');
  };
  return { groups: [{ name: `${prefix}agent_platform`, rules: rules(name) }] };
}

function rules(name: NameOf): AlertRule[] {
  const rate = (metric: string, by: string, selector = '') =>
    `sum by (${by}) (rate(${metric}${selector}[5m]))`;
  const p95 = (metric: string, by: string) =>
    `histogram_quantile(0.95, sum by (le, ${by}) (rate(${metric}_bucket[10m])))`;
  const share = (part: string, whole: string, limit: number) => `${part} / ${whole} > ${limit}`;
  return [
    warning(
      'HttpErrors',
      share(
        rate(name('http', 'requests'), 'route', '{status_code=~"5.."}'),
        rate(name('http', 'requests'), 'route'),
        0.05,
      ),
      'More than 5 % of the requests to {{ $labels.route }} fail.',
    ),
    warning(
      'HttpSlow',
      `${p95(name('http', 'duration'), 'route')} > 5`,
      'One request in twenty to {{ $labels.route }} takes longer than 5 s.',
    ),
    warning(
      'LlmErrors',
      share(
        rate(name('llm', 'errors'), 'provider, model'),
        rate(name('llm', 'requests'), 'provider, model'),
        0.05,
      ),
      'More than 5 % of the requests to {{ $labels.model }} fail.',
    ),
    warning(
      'LlmSlow',
      `${p95(name('llm', 'duration'), 'provider, model')} > 60`,
      'One request in twenty to {{ $labels.model }} takes longer than a minute.',
    ),
    warning(
      'LlmFirstTokenSlow',
      `${p95(name('llm', 'timeToFirstToken'), 'provider, model')} > 10`,
      'One response in twenty of {{ $labels.model }} starts later than after 10 s.',
    ),
    warning(
      'LlmFallbacks',
      `${rate(name('llm', 'fallbacks'), 'from_model, to_model')} > 0.1`,
      '{{ $labels.to_model }} keeps taking over from {{ $labels.from_model }}.',
    ),
    warning(
      'AgentErrors',
      share(
        rate(name('agent', 'errors'), 'agent'),
        rate(name('agent', 'operations'), 'agent'),
        0.1,
      ),
      'More than 10 % of the operations of {{ $labels.agent }} fail.',
    ),
    warning(
      'ToolErrors',
      share(rate(name('tool', 'errors'), 'tool'), rate(name('tool', 'executions'), 'tool'), 0.1),
      'More than 10 % of the executions of {{ $labels.tool }} fail.',
    ),
    warning(
      'TaskQueueGrows',
      `deriv(${name('task', 'queueDepth')}[15m]) > 0 and ${name('task', 'queueDepth')} > 100`,
      'The queue {{ $labels.queue }} is long and grows.',
    ),
    critical(
      'ConnectionPoolExhausted',
      `${rate(name('connection', 'timeouts'), 'pool, kind')} > 0`,
      'Callers do not get a connection of {{ $labels.pool }} in time.',
    ),
    warning(
      'ConnectionErrors',
      `${rate(name('connection', 'errors'), 'pool, error_type')} > 0.1`,
      '{{ $labels.pool }} keeps failing with {{ $labels.error_type }}.',
    ),
    critical(
      'EventLoopBusy',
      `${name('self', 'utilization')} > 0.95`,
      'The event loop of {{ $labels.instance }} is saturated.',
    ),
    warning(
      'MetricsOverflow',
      `${rate(name('self', 'overflow'), 'metric')} > 0`,
      '{{ $labels.metric }} has too many label combinations; new ones count as other.',
    ),
    warning(
      'MetricsRejected',
      `${rate(name('self', 'rejected'), 'metric, reason')} > 0`,
      'Measurements for {{ $labels.metric }} have a wrong {{ $labels.reason }}.',
    ),
  ];
}

const warning = (alert: string, expr: string, text: string): AlertRule =>
  rule(alert, expr, text, 'warning');
const critical = (alert: string, expr: string, text: string): AlertRule =>
  rule(alert, expr, text, 'critical');

function rule(
  alert: string,
  expr: string,
  description: string,
  severity: 'warning' | 'critical',
): AlertRule {
  const summary = alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return { alert, expr, for: '10m', labels: { severity }, annotations: { summary, description } };
}
