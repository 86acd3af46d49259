/** One line of a metrics scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly line: string;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads the samples out of the Prometheus text format. */
export function parseScrape(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(LABEL)].map(([, key, text]) => [key, unescaped(text ?? '')]);
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value), line });
  }
  return samples;
}

/** Adds up all samples of a metric that have these labels. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels);
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => wanted.every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

const KEY_METRICS = [
  'tasks_completed_total',
  'task_retries_total',
  'llm_requests_total',
  'llm_errors_total',
  'llm_fallbacks_total',
  'llm_tokens_total',
  'agent_handoffs_total',
  'agent_memory_operations_total',
  'connection_pool_errors_total',
];

/** Picks the lines that a person wants to see first: the platform's counters that have moved. */
export function keyLines(samples: readonly Sample[]): string[] {
  return KEY_METRICS.flatMap((key) =>
    samples.filter(({ name, value }) => name.endsWith(key) && value > 0).map(({ line }) => line),
  );
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character,
  );
}
