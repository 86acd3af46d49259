/** Where our own lines end up: a descriptor or a file. */
export interface Sink {
  /** What it is called in warnings and figures: `stdout`, a file's path. */
  readonly name: string;
  /** Lines it could not pass on and nobody else took. */
  readonly dropped: number;
  /** Whether lines reach their goal at present. */
  readonly healthy: boolean;
  /** Takes a line with its line feed. */
  write(line: string): void;
  /** Hands everything to the operating system, waiting at most so long for one step of progress. */
  flushSync(patienceMs: number): void;
  /** Resolves when everything is handed over, or when the time is up. */
  flush(timeoutMs: number): Promise<void>;
  /** Opens files anew; elsewhere nothing. */
  reopen(): void;
  close(): void;
}

/** What a sink calls when it is in trouble. */
export interface SinkTrouble {
  /** Takes the lines the sink could not write; false when nobody has them. */
  readonly rescue: (sink: Sink, lines: string) => boolean;
  /** Says once what is wrong. */
  readonly warn: (sink: Sink, message: string) => void;
  /** Says that the sink works again, and what it missed. */
  readonly recovered: (sink: Sink, missed: number) => void;
}

/** How many lines a text has. */
export function countLines(text: string | Uint8Array): number {
  let count = 0;
  if (typeof text === 'string') {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  } else {
    for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) count += 1;
  }
  return count;
}
