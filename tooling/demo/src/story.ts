import { readFile } from 'node:fs/promises';

/** One log line of a task. */
export interface StoryLine {
  /** Milliseconds since the task's first line. */
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
  const tasks = new Map<string, LogLine[]>();
  // A file that is shorter than before was put aside, and this one is new.
  const begin = offset > bytes.length ? 0 : offset;
  for (const text of bytes.subarray(begin).toString('utf8').split('\n')) {
    const line = parse(text);
    if (line?.trace_id === undefined || line.task_id === undefined) continue;
    // All tasks of a document share a trace.
    const task = `${line.trace_id} ${line.task_id}`;
    const lines = tasks.get(task);
    if (lines === undefined) tasks.set(task, [line]);
    else lines.push(line);
  }
  let longest: LogLine[] = [];
  for (const lines of tasks.values()) {
    if (lines.length > longest.length) longest = lines;
  }
  const traceId = longest[0]?.trace_id;
  return traceId === undefined ? undefined : storyOf(traceId, longest);
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
