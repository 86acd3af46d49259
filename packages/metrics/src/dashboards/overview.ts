import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { MetricDefinition } from '../instruments/definition.ts';
import type { PanelSpec, Row } from './make-panel.ts';
import { aggregate, type PromQl, share } from './promql.ts';

const { http, task, llm, agent, tool, connection, self } = CATALOGUE;

/** The first screen: five questions, each one a row of panels. */
export function overviewRows(promql: PromQl): Row[] {
  const questions: Readonly<Record<string, PanelSpec[]>> = {
    'Are we well?': health(promql),
    'Where does the time go?': time(promql),
    'What does it cost?': cost(promql),
    'Which provider fails, and what took over?': providers(promql),
    'What is filling up?': limits(promql),
  };
  return Object.entries(questions).map(([title, panels]) => ({
    title,
    isCollapsed: false,
    panels,
  }));
}

function health(promql: PromQl): PanelSpec[] {
  const stat = { kind: 'stat', width: 3, height: 5 } as const;
  const failed = (status: string, counter: MetricDefinition) =>
    share(promql.rate(counter, [], status), promql.rate(counter, []));
  const done = promql.rate(task.completed, []);
  return [
    {
      ...stat,
      title: 'Task success',
      description: 'Share of tasks that end in success.',
      unit: 'percentunit',
      limits: [0.99, 0.95],
      queries: [[share(promql.rate(task.completed, [], 'status="success"'), done), '']],
    },
    {
      ...stat,
      title: 'Queue wait',
      description: '95th percentile of the time a task waits in its queue.',
      unit: 's',
      limits: [10, 60],
      queries: [[promql.quantile(0.95, task.queueWait, []), '']],
    },
    {
      ...stat,
      title: 'Model errors',
      description: 'Share of model requests that fail.',
      unit: 'percentunit',
      limits: [0.02, 0.05],
      queries: [[failed('status="error"', llm.requests), '']],
    },
    {
      ...stat,
      title: 'HTTP errors',
      description: 'Share of HTTP requests that this server responds to with 5xx.',
      unit: 'percentunit',
      limits: [0.01, 0.05],
      queries: [[failed('status_code=~"5.."', http.requests), '']],
    },
    {
      kind: 'timeseries',
      title: 'Error ratio by code',
      description:
        'Failures by error code, as a share of the requests, tasks, steps or operations.',
      unit: 'percentunit',
      width: 12,
      height: 5,
      queries: [
        [errorShare(promql, llm.errors, llm.requests), 'model {{error_type}}'],
        [errorShare(promql, task.failures, task.completed), 'task {{error_type}}'],
        [errorShare(promql, agent.errors, agent.operations), 'agent {{error_type}}'],
        [errorShare(promql, tool.errors, tool.executions), 'tool {{error_type}}'],
      ],
    },
  ];
}

function errorShare(promql: PromQl, errors: MetricDefinition, all: MetricDefinition): string {
  const rates = promql.rate(errors, ['error_type']);
  return `topk(5, ${rates} / on () group_left () (${promql.rate(all, [])} > 0) > 0)`;
}

function time(promql: PromQl): PanelSpec[] {
  const lines = { kind: 'timeseries', unit: 's', width: 6, height: 7 } as const;
  const p95 = (...[histogram, by, legend]: [MetricDefinition, string, string]) =>
    [`topk(10, ${promql.quantile(0.95, histogram, [by])})`, `${legend}{{${by}}}`] as const;
  return [
    {
      ...lines,
      title: 'Time by kind of work',
      description:
        'Seconds that tasks, steps and requests spend per second, by what they spend them on.',
      isStacked: true,
      queries: [
        [promql.seconds(task.queueWait), 'queue'],
        [promql.seconds(llm.duration), 'model'],
        [promql.seconds(tool.duration), 'tool'],
        [promql.seconds(connection.duration, 'kind="redis"'), 'Redis'],
      ],
    },
    {
      ...lines,
      title: 'Models: p95 and time to first token',
      description: '95th percentile of the time to the first and to the last token, by model.',
      queries: [p95(llm.duration, 'model', ''), p95(llm.timeToFirstToken, 'model', 'first token ')],
    },
    {
      ...lines,
      title: 'Agents and tools: p95',
      description: '95th percentile of the time of one operation, by agent and by tool.',
      queries: [p95(agent.duration, 'agent', 'agent '), p95(tool.duration, 'tool', 'tool ')],
    },
    {
      ...lines,
      title: 'Routes and Redis: p95',
      description: '95th percentile by route of this server, and by connection.',
      queries: [p95(http.duration, 'route', ''), p95(connection.duration, 'pool', 'connection ')],
    },
  ];
}

function cost(promql: PromQl): PanelSpec[] {
  const stat = { kind: 'stat', unit: 'currencyUSD', width: 3, height: 5 } as const;
  const bars = { kind: 'bargauge', unit: 'currencyUSD', width: 7, height: 5 } as const;
  const inWindow = (window: string) => promql.increase(llm.cost, [], window);
  const top = (by: string) =>
    [`topk(10, ${promql.increase(llm.cost, [by], '1d')})`, `{{${by}}}`] as const;
  return [
    {
      ...stat,
      title: 'Last hour',
      description: 'Cost of model requests in the last hour.',
      queries: [[inWindow('1h'), '']],
    },
    {
      ...stat,
      title: 'Last day',
      description: 'Cost of model requests in the last 24 hours.',
      queries: [[inWindow('1d'), '']],
    },
    {
      ...stat,
      title: 'Cached tokens',
      description: 'Share of prompt tokens that the provider read from its cache.',
      unit: 'percentunit',
      queries: [
        [
          share(
            promql.rate(llm.tokenDetails, [], 'detail="cache_read"'),
            promql.rate(llm.tokens, [], 'type="prompt"'),
          ),
          '',
        ],
      ],
    },
    {
      ...bars,
      title: 'Day by model',
      description: 'The ten models that cost most in the last 24 hours.',
      queries: [top('model')],
    },
    {
      ...bars,
      width: 8,
      title: 'Day by agent',
      description: 'The ten agents, or other attributions, that cost most in the last 24 hours.',
      queries: [top('attribution')],
    },
  ];
}

function providers(promql: PromQl): PanelSpec[] {
  const by = ['provider'];
  const taken = `increase(${promql.select(llm.fallbacks)}[$__range])`;
  const circuit = aggregate('max', ['pool', 'server'], promql.select(connection.circuit));
  return [
    {
      kind: 'timeseries',
      title: 'Error ratio by provider',
      description: 'Share of model requests that fail.',
      unit: 'percentunit',
      width: 8,
      height: 6,
      limits: [0.02, 0.05],
      queries: [
        [
          share(promql.rate(llm.requests, by, 'status="error"'), promql.rate(llm.requests, by)),
          '{{provider}}',
        ],
      ],
    },
    {
      kind: 'table',
      title: 'What took over',
      description: 'Requests that another model took over, with the reason, in the time range.',
      unit: 'short',
      width: 9,
      height: 6,
      queries: [
        [`topk(10, ${aggregate('sum', ['from_model', 'to_model', 'reason'], taken)} > 0)`, ''],
      ],
    },
    {
      kind: 'timeseries',
      title: 'Retries and open circuits',
      description: 'Retries a second by provider; circuit breakers: 1 half-open, 2 open.',
      unit: 'short',
      width: 7,
      height: 6,
      queries: [
        [promql.rate(llm.retries, by), 'retries {{provider}}'],
        [`${circuit} > 0`, 'circuit {{pool}} {{server}}'],
      ],
    },
  ];
}

function limits(promql: PromQl): PanelSpec[] {
  const each = ['instance'];
  const full = (used: string, limit: string, by: readonly string[]) =>
    `topk(5, ${aggregate('max', by, used)} / ${aggregate('max', by, limit)})`;
  const pool = ['instance', 'pool'];
  const used = promql.select(connection.connections, 'state="used"');
  return [
    {
      kind: 'bargauge',
      title: 'Share of its limit',
      description:
        'Heap, memory, file descriptors, event loop and connections of the fullest five.',
      unit: 'percentunit',
      max: 1,
      width: 10,
      height: 6,
      limits: [0.7, 0.9],
      queries: [
        [
          full(promql.process('nodejs_heap_size_used_bytes'), promql.select(self.heapLimit), each),
          'heap {{instance}}',
        ],
        [
          full(
            promql.process('process_resident_memory_bytes'),
            promql.select(self.memoryLimit),
            each,
          ),
          'memory {{instance}}',
        ],
        [
          full(promql.process('process_open_fds'), promql.process('process_max_fds'), each),
          'files {{instance}}',
        ],
        [`topk(5, ${promql.select(self.utilization)})`, 'event loop {{instance}}'],
        [
          full(used, promql.select(connection.maxConnections), pool),
          'connections {{pool}} {{instance}}',
        ],
      ],
    },
    {
      kind: 'timeseries',
      title: 'Queues and callers that wait',
      description: 'Tasks that wait in a queue, and callers that wait for a connection.',
      unit: 'short',
      width: 7,
      height: 6,
      queries: [
        [aggregate('max', ['queue'], promql.select(task.queueDepth)), 'queue {{queue}}'],
        [aggregate('sum', ['pool'], promql.select(connection.pending)), 'connections {{pool}}'],
      ],
    },
    {
      kind: 'timeseries',
      title: 'In flight',
      description: 'Tasks, agent steps, model requests and HTTP requests that have not ended.',
      unit: 'short',
      width: 7,
      height: 6,
      queries: [
        [aggregate('sum', [], promql.select(task.inProgress)), 'tasks'],
        [aggregate('sum', [], promql.select(agent.active)), 'agent steps'],
        [aggregate('sum', [], promql.select(llm.inFlight)), 'model requests'],
        [aggregate('sum', [], promql.select(http.inFlight)), 'HTTP requests'],
      ],
    },
  ];
}
