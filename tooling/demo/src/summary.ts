import type { Paint } from './paint.ts';
import type { Story } from './story.ts';
import { percentile, type Tally } from './tally.ts';

/** A step of the start-up and how long it took. */
export interface StartStep {
  readonly name: string;
  readonly durationMs: number;
}

/** The text before the first task. */
export interface Opening {
  readonly documents: number;
  readonly chunks: number;
  readonly tasks: number;
  readonly seed: number;
  readonly steps: readonly StartStep[];
  readonly redis: string;
  readonly models: string;
  readonly metrics: string;
  readonly logs: string;
}

/** The text about the tasks, once they have ended. */
export interface Outcome {
  readonly tally: Tally;
  readonly documents: number;
  readonly durationMs: number;
  readonly redisOperations: number;
  readonly keywords: readonly { readonly keyword: string; readonly chunks: number }[];
  readonly story: Story | undefined;
  /** Whether a model endpoint received the story's trace id; unknown when it is not ours. */
  readonly traceReceived: boolean | undefined;
  readonly metricLines: readonly string[];
}

/** Says how the run begins. */
export function renderOpening(opening: Opening, paint: Paint): string {
  const { steps } = opening;
  const totalMs = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const width = Math.max(...steps.map(({ name }) => name.length));
  const rows: [string, string][] = [
    ['Input', `${plural(opening.chunks, 'chunk')} of ${plural(opening.documents, 'document')}`],
    ['Redis', opening.redis],
    ['Models', opening.models],
    ['Metrics', opening.metrics],
    ['Logs', opening.logs],
  ];
  return lines([
    '',
    `${paint('bold', 'MAP')}  planner, workers and editor over Redis and a language model`,
    '',
    row('Start-up', `${steps.length} steps in ${formatMs(totalMs)}`, paint),
    ...steps.map(({ name, durationMs }, index) =>
      row('', `${index + 1} ${name.padEnd(width)}  ${formatMs(durationMs).padStart(9)}`, paint),
    ),
    ...rows.map(([label, text]) => row(label, text, paint)),
    '',
    `${plural(opening.tasks, 'task')}, seed ${opening.seed}`,
  ]);
}

/** Says what the tasks came to. */
export function renderOutcome(outcome: Outcome, paint: Paint): string {
  const { tally } = outcome;
  const seconds = outcome.durationMs / 1000;
  const errors = [...tally.errors].sort(([, a], [, b]) => b - a);
  const all = tally.done === tally.tasks;
  const rows: [string, string][] = [
    [
      'Tasks',
      `${paint(all ? 'green' : 'red', `${tally.done} of ${tally.tasks} done`)}` +
        ` in ${seconds.toFixed(1)} s, ${(tally.done / Math.max(seconds, 0.001)).toFixed(0)} a second` +
        (tally.failed > 0 ? `, ${paint('red', `${tally.failed} failed`)}` : ''),
    ],
    ['Documents', `${outcome.documents} summarised by the editor`],
    ['Task time', percentiles(tally.taskMs)],
    ['Model calls', `${formatCount(tally.modelCalls)}, ${percentiles(tally.modelMs)}`],
    [
      'Tokens',
      `${formatCount(tally.promptTokens)} prompt, ${formatCount(tally.completionTokens)} completion`,
    ],
    [
      'Trouble',
      `${plural(tally.retries, 'retry', 'retries')}, ${plural(tally.fallbacks, 'fallback')}`,
    ],
    ['Redis', plural(outcome.redisOperations, 'operation')],
  ];
  return lines([
    '',
    ...rows.map(([label, text]) => row(label, text, paint)),
    ...list(
      'Errors',
      errors.map(([code, count]) => `${code.padEnd(32)} ${count}`),
      paint,
    ),
    ...list(
      'Index',
      outcome.keywords.length === 0
        ? []
        : [outcome.keywords.map(({ keyword, chunks }) => `${keyword} ${chunks}`).join(', ')],
      paint,
    ),
    ...renderStory(outcome, paint),
    ...renderMetrics(outcome.metricLines, paint),
  ]);
}

function renderStory({ story, traceReceived }: Outcome, paint: Paint): string[] {
  if (story === undefined) return [];
  const received =
    traceReceived === undefined
      ? ''
      : traceReceived
        ? paint('dim', '  seen in the headers at the model, too')
        : '';
  return [
    '',
    `${paint('bold', 'One task, one trace id')}  ${story.traceId}${received}`,
    ...story.lines.map(({ atMs, level, agent, message }) => {
      const text = `${`+${atMs} ms`.padStart(10)}  ${agent.padEnd(9)} ${message}`;
      return level === 'INFO' || level === 'DEBUG' ? text : paint('yellow', text);
    }),
  ];
}

function renderMetrics(metricLines: readonly string[], paint: Paint): string[] {
  if (metricLines.length === 0) return [];
  return [
    '',
    `${paint('bold', 'From its own /metrics')}`,
    ...metricLines.map((line) => `  ${line}`),
  ];
}

/** Formats a time: `0.4 ms`, `31 ms`, `1.2 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;
}

/** Formats a count with its noun: `1 task`, `1,204 tasks`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

function percentiles(values: readonly number[]): string {
  return `p50 ${formatMs(percentile(values, 0.5))}, p95 ${formatMs(percentile(values, 0.95))}`;
}

function list(label: string, items: readonly string[], paint: Paint): string[] {
  return items.map((item, index) => row(index === 0 ? label : '', item, paint));
}

/** One labelled row of a block. */
export function row(label: string, text: string, paint: Paint): string {
  return `${paint('dim', label.padEnd(12))}${text}`;
}

function lines(items: readonly string[]): string {
  return `${items.map((item) => item.trimEnd()).join('\n')}\n`;
}
