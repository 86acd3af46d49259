import { type Buffering, LineBuffer } from './line-buffer.ts';
import { sleepSync, writeBytes, writeText } from './raw-write.ts';
import { monotonicMs, startTimeout, stopTimeout } from './real-timers.ts';
import { countLines, type Sink, type SinkTrouble } from './sink.ts';
import { guardStandardStream, type LineStream, replacedStream } from './standard-stream.ts';

// An import of `node:fs` would read its getters, which loads `fs.promises`: 4 ms of each start.
const { fstatSync } = process.getBuiltinModule('node:fs');

const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 5;
/** A pipe takes a write of this size as a whole, beside other writers: PIPE_BUF of Linux. */
const WHOLE_BYTES = 4096;

/**
 * Writes lines to standard output or standard error. A pipe whose reader is slow is written to as
 * it empties, from a bounded queue, so that the caller never waits for the reader.
 */
export class StdoutSink implements Sink {
  readonly name: string;
  readonly #fd: 1 | 2;
  readonly #lines: LineBuffer;
  readonly #trouble: SinkTrouble;
  readonly #through: LineStream | undefined;
  #prepared = false;
  /** Whether other processes may write to it at the same time: a pipe that children inherited. */
  #shared = false;
  #broken = false;
  /** Whether a replaced stream is being written to. */
  #passing = false;
  #waiting: Buffer[] = [];
  /** How far into the first of them we are. */
  #offset = 0;
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #overflow = 0;
  dropped = 0;

  /** @param through A stream to write through, whether it was replaced or not. */
  constructor(fd: 1 | 2, buffering: Buffering, trouble: SinkTrouble, through?: LineStream) {
    this.#fd = fd;
    this.#through = through;
    this.name = fd === 1 ? 'stdout' : 'stderr';
    this.#trouble = trouble;
    this.#lines = new LineBuffer(buffering, (text) => this.#send(text));
  }

  get healthy(): boolean {
    return !this.#broken;
  }

  write(line: string): void {
    // A line that a replaced stream logs about its own write must not be sent back to it.
    if (this.#passing) this.#sendRaw(line);
    else this.#lines.add(line);
  }

  flushSync(patienceMs: number): void {
    this.#lines.flush();
    let left = patienceMs;
    while (this.#waiting.length > 0 && left > 0) {
      const before = this.#waitingBytes - this.#offset;
      this.#drain();
      if (this.#waitingBytes - this.#offset < before) left = patienceMs;
      else {
        sleepSync(RETRY_MS);
        left -= RETRY_MS;
      }
    }
    if (this.#waiting.length > 0) {
      const lines = this.#waiting.reduce((sum, bytes) => sum + countLines(bytes), 0);
      this.#trouble.warn(this, `${this.name} is blocked (no reader): ${lines} lines are lost`);
    }
  }

  async flush(timeoutMs: number): Promise<void> {
    this.#lines.flush();
    const end = monotonicMs() + timeoutMs;
    while (this.#waiting.length > 0 && monotonicMs() < end) {
      await new Promise((resolve) => startTimeout(() => resolve(undefined), RETRY_MS));
      this.#drain();
    }
  }

  reopen(): void {}

  close(): void {
    stopTimeout(this.#retry);
    this.#retry = undefined;
    this.dropped += this.#waiting.reduce((sum, bytes) => sum + countLines(bytes), 0);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #send(text: string): void {
    const stream = this.#through ?? replacedStream(this.#fd);
    if (stream === undefined || !this.#pass(stream, text)) this.#sendRaw(text);
  }

  #pass(stream: LineStream, text: string): boolean {
    this.#passing = true;
    try {
      stream.write(text);
      return true;
    } catch {
      // The descriptor has the line then.
      return false;
    } finally {
      this.#passing = false;
    }
  }

  #sendRaw(text: string): void {
    if (this.#broken) this.#lose(text);
    else if (this.#waiting.length > 0) this.#queue(text);
    else this.#attempt(text);
  }

  #attempt(text: string): void {
    if (!this.#prepared) this.#prepare();
    const written = writeText(this.#fd, text, this.#shared ? WHOLE_BYTES : undefined);
    if (typeof written === 'number') return;
    this.#waiting.push(written.bytes);
    this.#waitingBytes = written.bytes.length;
    this.#offset = written.done;
    this.#stopped(written.error);
  }

  #queue(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      if (this.#overflow === 0) {
        this.#trouble.warn(
          this,
          `${this.name} is blocked (no reader): dropping lines until it drains`,
        );
      }
      const lines = countLines(text);
      this.#overflow += lines;
      this.dropped += lines;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #drain(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const bytes = first.subarray(this.#offset);
      const { done, error } = writeBytes(this.#fd, bytes, this.#shared ? WHOLE_BYTES : undefined);
      this.#offset += done;
      if (error !== undefined) {
        this.#stopped(error);
        return;
      }
      this.#waiting.shift();
      this.#waitingBytes -= first.length;
      this.#offset = 0;
    }
    if (this.#overflow > 0) {
      const missed = this.#overflow;
      this.#overflow = 0;
      this.#trouble.recovered(this, missed);
    }
  }

  #stopped(error: Error & { code?: string }): void {
    if (error.code === 'EAGAIN') {
      this.#schedule();
      return;
    }
    const [first] = this.#waiting;
    // The line that was cut goes to the other output as a whole.
    const start = first === undefined ? 0 : lineStart(first, this.#offset);
    const lines = Buffer.concat(this.#waiting).toString('utf8', start);
    this.#broken = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#trouble.warn(this, `${this.name} cannot be written: ${error.message}`);
    this.#lose(lines);
  }

  #schedule(): void {
    if (this.#retry !== undefined) return;
    this.#retry = startTimeout(() => {
      this.#retry = undefined;
      this.#drain();
    }, RETRY_MS);
    // A reader that never reads must not keep the process alive; the exit handler waits for a while.
    this.#retry.unref();
  }

  #lose(lines: string): void {
    if (!this.#trouble.rescue(this, lines)) this.dropped += countLines(lines);
  }

  /** Makes writes to a full pipe or socket fail with EAGAIN instead of blocking the thread. */
  #prepare(): void {
    this.#prepared = true;
    try {
      const stat = fstatSync(this.#fd);
      if (!stat.isFIFO() && !stat.isSocket()) return;
      this.#shared = true;
      // Node sets the descriptor so when it makes its stream.
      guardStandardStream(this.#fd);
    } catch {
      // A closed descriptor: the write that follows reports it.
    }
  }
}

/** The start of the line in which a byte stands. */
function lineStart(bytes: Buffer, at: number): number {
  return at === 0 ? 0 : bytes.lastIndexOf(10, at - 1) + 1;
}
