import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { PromQl } from './promql.ts';

/** The Prometheus that the reader has chosen. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

/** The label that each variable filters, with the variable; `job` is the service. */
export const FILTERS: Readonly<Record<string, string>> = {
  job: '$job',
  instance: '$instance',
  provider: '$provider',
  model: '$model',
  agent: '$agent',
};

/** The variables of the dashboard, each one limited by those before it. */
export function variables(prefix: string): object[] {
  const info = prefix + CATALOGUE.self.buildInfo.name;
  const requests = prefix + CATALOGUE.llm.requests.name;
  const operations = prefix + CATALOGUE.agent.operations.name;
  return [
    { type: 'datasource', name: 'datasource', label: 'Prometheus', query: 'prometheus' },
    { type: 'datasource', name: 'logs', label: 'Logs', query: 'loki' },
    choice('job', 'Service', `label_values(${info}, job)`),
    choice('instance', 'Instance', `label_values(${info}{job=~"$job"}, instance)`),
    choice('provider', 'Provider', `label_values(${requests}{job=~"$job"}, provider)`),
    choice('model', 'Model', `label_values(${requests}{job=~"$job",provider=~"$provider"}, model)`),
    choice('agent', 'Agent', `label_values(${operations}{job=~"$job"}, agent)`),
    textBox('stream', 'Log stream', 'job=~`.+`'),
  ];
}

function choice(name: string, label: string, query: string): object {
  return {
    type: 'query',
    name,
    label,
    datasource: DATASOURCE,
    query: { query, refId: name },
    // When the time range changes: a model that is not used any more is not offered.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    // Also series without the label.
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  };
}

function textBox(name: string, label: string, query: string): object {
  const option = { text: query, value: query, selected: true };
  return { type: 'textbox', name, label, query, current: option, options: [option] };
}

/** Marks when the first process of each version started. */
export function annotation(promql: PromQl): object {
  const started = promql.process('process_start_time_seconds');
  const version = promql.select(CATALOGUE.self.buildInfo);
  const expr = `min by (job, version) (${started} * on (job, instance) group_left (version) ${version}) * 1000`;
  return {
    name: 'Deploys',
    datasource: DATASOURCE,
    enable: true,
    iconColor: 'purple',
    expr,
    step: '60s',
    titleFormat: '{{job}} {{version}}',
    tagKeys: 'job,version',
    useValueForTime: true,
  };
}

/** Links a point of a panel to the log lines of the same time, and of its error code if it has one. */
export function logsLink(hasErrorType: boolean): object {
  const lines = hasErrorType
    ? 'error_code=`${__field.labels.error_type}`'
    : 'level=~`WARNING|ERROR|CRITICAL`';
  const panes = {
    logs: {
      datasource: '${logs}',
      queries: [{ refId: 'A', expr: `{\${stream}} | json | ${lines}` }],
      range: { from: '${__from}', to: '${__to}' },
    },
  };
  // Grafana replaces variables in the address as it is written, so they must stay as they are.
  const encoded = encodeURIComponent(JSON.stringify(panes)).replaceAll(
    /%24%7B([\w.]+)%7D/g,
    (_, name: string) => `\${${name}:percentencode}`,
  );
  return { title: 'Logs', url: `/explore?schemaVersion=1&panes=${encoded}`, targetBlank: true };
}
