import { fstatSync, openSync, type WriteStream } from 'node:fs';
import { lineStart } from './descriptor-sink.ts';
import { sleepSync, writeBytes } from './raw-write.ts';

/** How long a write under way in Node's threads may take at the end of a process. */
const PATIENCE_MS = 1000;
const STEP_MS = 1;

/** What a stream still holds: Node's own account, that its types do not name. */
export interface StreamState {
  readonly length: number;
  readonly writelen: number;
  readonly ended: boolean;
  readonly finished: boolean;
  getBuffer(): readonly { readonly chunk: unknown }[];
}

/** Takes what cannot be written, with the reason. */
export type Rescue = (text: string, error: unknown) => void;

/** A stream's account of what it holds. */
export function stateOf(stream: unknown): StreamState | undefined {
  return (stream as { _writableState?: StreamState })._writableState;
}

/**
 * A stream to a file, as `fs.createWriteStream` makes it, followed so that the end of a process can
 * write what it still holds: Node's threads, where it writes, go on while the exit handlers run,
 * but nothing comes back from them.
 */
export class FileStream {
  readonly stream: WriteStream;
  /** The file's size without what the stream wrote; undefined until it is open. */
  #start: number | undefined;
  #fd: number | undefined;
  /** How much of what the stream holds is written already. */
  #done = 0;

  constructor(stream: WriteStream) {
    this.stream = stream;
    if (this.#open === undefined) stream.once('open', () => this.#opened());
    else this.#opened();
  }

  /** How many bytes are not written yet. */
  get held(): number {
    return stateOf(this.stream)?.length ?? 0;
  }

  get #open(): number | undefined {
    const { fd } = this.stream as { fd?: number | null };
    return fd ?? undefined;
  }

  #opened(): void {
    this.#start = fstatSync(this.#open as number).size - this.stream.bytesWritten;
  }

  /** Waits for the write under way and writes what waits behind it. */
  finishSync(rescue: Rescue): void {
    const state = stateOf(this.stream);
    if (this.#done === 0) this.#await(state?.writelen ?? 0, rescue);
    for (const { chunk } of state?.getBuffer().slice(this.#done) ?? []) {
      this.#done += 1;
      this.append(chunk as Uint8Array | string, rescue);
    }
  }

  #await(bytes: number, rescue: Rescue): void {
    const fd = this.#open;
    if (bytes === 0 || fd === undefined || this.#start === undefined) return;
    const expected = this.#start + this.stream.bytesWritten + bytes;
    for (let leftMs = PATIENCE_MS; leftMs > 0; leftMs -= STEP_MS) {
      if (fstatSync(fd).size >= expected) return;
      sleepSync(STEP_MS);
    }
    rescue('', new Error(`a write of ${bytes} bytes does not come to its end`));
  }

  /** Writes behind all that the stream was given. */
  append(chunk: Uint8Array | string, rescue: Rescue): void {
    const { path, flags } = this.stream as WriteStream & { readonly flags?: unknown };
    try {
      this.#fd ??= this.#open ?? openToAppend(String(path), flags);
    } catch (error) {
      rescue(String(chunk), error);
      return;
    }
    appendTo(this.#fd, chunk, rescue);
  }
}

/** Opens a file that is only about to be opened; one that is to be emptied then cannot be helped. */
export function openToAppend(path: string, flags: unknown): number {
  if (flags !== 'a') throw new Error('the file is not open yet');
  return openSync(path, 'a', 0o666);
}

/** Writes to a descriptor. */
export function appendTo(fd: number, chunk: Uint8Array | string, rescue: Rescue): void {
  const bytes = Buffer.from(chunk as string);
  const { done, error } = writeBytes(fd, bytes);
  // The line that was cut goes elsewhere whole.
  if (error !== undefined) rescue(bytes.toString('utf8', lineStart(bytes, done)), error);
}
