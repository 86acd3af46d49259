/** A built-in destination: a descriptor or a file. */
export interface Sink {
  /** Its name in warnings and figures: `stdout`, a file's path. */
  readonly name: string;
  /** Lines that it could not write and no other output took. */
  readonly dropped: number;
  /** Whether lines are written at present. */
  readonly healthy: boolean;
  /** Takes a line with its line feed. */
  write(line: string): void;
  /** Hands everything to the operating system, waiting at most `patienceMs` without progress. */
  flushSync(patienceMs: number): void;
  /** Resolves when everything has been written, or at the time limit. */
  flush(timeoutMs: number): Promise<void>;
  /** Re-opens a file; does nothing elsewhere. */
  reopen(): void;
  close(): void;
}

/** The callbacks of a sink that fails. */
export interface SinkTrouble {
  /** Takes the lines that the sink could not write; false when no other output has them. */
  readonly rescue: (sink: Sink, lines: string) => boolean;
  /** Reports a problem. */
  readonly warn: (sink: Sink, message: string) => void;
  /** Reports that the sink works again, and the number of lines that it missed. */
  readonly recovered: (sink: Sink, missed: number) => void;
}

/** The number of line feeds. */
export function countLines(text: string | Uint8Array): number {
  let count = 0;
  if (typeof text === 'string') {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  } else {
    for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) count += 1;
  }
  return count;
}
