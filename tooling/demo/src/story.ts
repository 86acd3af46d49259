import { readFile } from 'node:fs/promises';

/** One log line of a trace. */
export interface StoryLine {
  /** Milliseconds since the trace's first line. */
  readonly atMs: number;
  readonly level: string;
  readonly agent: string;
  readonly message: string;
}

/** Everything that was logged about one task, from its creation to its end. */
export interface Story {
  readonly traceId: string;
  readonly lines: readonly StoryLine[];
}

interface LogLine {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly trace_id?: string;
  readonly task_id?: string;
  readonly agent_id?: string;
}

/**
 * Finds the task with the most log lines of a run: the one with the most trouble.
 * @param file A log file of JSON lines.
 * @param offset Where the run's lines begin, in bytes.
 */
export async function longestStory(file: string, offset: number): Promise<Story | undefined> {
  const bytes = await readFile(file);
  const traces = new Map<string, LogLine[]>();
  // A file that is shorter than before was put aside, and this one is new.
  const begin = offset > bytes.length ? 0 : offset;
  for (const text of bytes.subarray(begin).toString('utf8').split('\n')) {
    const line = parse(text);
    if (line?.trace_id === undefined || line.task_id === undefined) continue;
    const lines = traces.get(line.trace_id);
    if (lines === undefined) traces.set(line.trace_id, [line]);
    else lines.push(line);
  }
  let longest: [string, LogLine[]] | undefined;
  for (const entry of traces) {
    if (entry[1].length > (longest?.[1].length ?? 0)) longest = entry;
  }
  return longest === undefined ? undefined : storyOf(...longest);
}

function storyOf(traceId: string, lines: readonly LogLine[]): Story {
  const begin = Date.parse(lines[0]?.timestamp ?? '');
  return {
    traceId,
    lines: lines.map(({ timestamp, level, agent_id, message }) => ({
      atMs: Date.parse(timestamp) - begin,
      level,
      agent: agent_id ?? '',
      message,
    })),
  };
}

function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
