import { dirname, resolve } from 'node:path';
import { type Buffering, LineBuffer } from './line-buffer.ts';
import { writeText } from './raw-write.ts';
import { monotonicMs, startTimeout, stopTimeout } from './real-timers.ts';
import { asideOf, dayOf, type RotationOptions, rotate } from './rotation.ts';
import { countLines, type Sink, type SinkTrouble } from './sink.ts';

// An import of `node:fs` would read its getters, which loads `fs.promises`: 4 ms of each start.
const fs = process.getBuiltinModule('node:fs');

const RETRY_MS = 1000;
const ROTATION_RETRY_MS = 60_000;

// Without O_NONBLOCK the open of a named pipe hangs until a reader comes; files ignore it.
const { O_APPEND, O_CREAT, O_NONBLOCK = 0, O_WRONLY } = fs.constants;
const APPEND = O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY;
const LINE_FEED = 10;

/** Rotations in progress: a new set-up's sink of the same file must not start another. */
const rotations = new Map<string, Promise<void>>();

/**
 * Appends lines to a file: bytes are with the operating system at the end of the tick. When that
 * fails, lines go to another output and the file is tried again a second later. A line that a
 * killed process left torn is ended first, so that it spoils no other.
 */
export class FileSink implements Sink {
  /** The file's path. */
  readonly name: string;
  readonly #lines: LineBuffer;
  readonly #trouble: SinkTrouble;
  readonly #rotation: RotationOptions | undefined;
  #fd: number | undefined;
  #sizeBytes = 0;
  /** Whether it may be renamed: not a pipe, nor a device such as `/dev/stdout`. */
  #isFile = false;
  #day = '';
  #failing = false;
  #retryAt = 0;
  #rotateAt = 0;
  #missed = 0;
  #rotating: Promise<void> | undefined;
  dropped = 0;

  constructor(
    path: string,
    buffering: Buffering,
    rotation: RotationOptions | undefined,
    trouble: SinkTrouble,
  ) {
    this.name = path;
    this.#trouble = trouble;
    this.#rotation = rotation;
    this.#lines = new LineBuffer(buffering, (text) => this.#send(text));
    try {
      this.#open();
    } catch (error) {
      this.#fail(error as Error);
    }
    if (rotation === undefined) return;
    // Finishes a rotation that a process left behind when it ended.
    const current =
      rotations.get(path) ??
      (fs.existsSync(asideOf(path)) ? rotateAside(path, rotation) : undefined);
    if (current !== undefined) this.#follow(current);
  }

  get healthy(): boolean {
    return !this.#failing;
  }

  write(line: string): void {
    this.#lines.add(line);
  }

  flushSync(): void {
    this.#lines.flush();
  }

  async flush(timeoutMs: number): Promise<void> {
    this.#lines.flush();
    if (this.#rotating === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = startTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#rotating, late]);
    stopTimeout(timer);
  }

  reopen(): void {
    this.#lines.flush();
    this.#close();
    // The next line opens it; a file that only now can be opened counts as recovered.
    this.#retryAt = 0;
  }

  close(): void {
    this.flushSync();
    this.#close();
  }

  #send(text: string): void {
    if (this.#rotationDue()) this.#startRotation();
    this.#append(text);
  }

  #append(text: string): void {
    if (this.#failing && monotonicMs() < this.#retryAt) {
      this.#miss(text);
      return;
    }
    try {
      if (this.#fd === undefined) this.#open();
      const written = writeText(this.#fd as number, text);
      if (typeof written !== 'number') {
        const kept = this.#cutTorn(written.bytes, written.done);
        this.#fail(written.error);
        this.#miss(written.bytes.toString('utf8', kept));
        return;
      }
      this.#sizeBytes += written;
    } catch (error) {
      this.#fail(error as Error);
      this.#miss(text);
      return;
    }
    if (this.#failing) this.#recover();
  }

  /** Takes a line that was written in part out of the file again; returns the bytes that stay. */
  #cutTorn(bytes: Buffer, done: number): number {
    const whole = done === 0 ? 0 : bytes.lastIndexOf(10, done - 1) + 1;
    if (whole === done) return done;
    try {
      const stat = fs.fstatSync(this.#fd as number);
      if (stat.isFile()) fs.ftruncateSync(this.#fd as number, stat.size - (done - whole));
    } catch {
      // The torn line stays; the whole line still goes to the other output.
    }
    return whole;
  }

  #fail(error: Error): void {
    this.#retryAt = monotonicMs() + RETRY_MS;
    // A file that was removed or a disk that came back needs a new descriptor.
    this.#close();
    if (this.#failing) return;
    this.#failing = true;
    const { code } = error as { code?: string };
    const why = code === 'ENXIO' ? withoutPeer(this.name) : error.message;
    this.#trouble.warn(this, `log file ${this.name} cannot be written: ${why}`);
  }

  #miss(lines: string): void {
    const count = countLines(lines);
    this.#missed += count;
    if (!this.#trouble.rescue(this, lines)) this.dropped += count;
  }

  #recover(): void {
    const missed = this.#missed;
    this.#failing = false;
    this.#missed = 0;
    this.#trouble.recovered(this, missed);
  }

  #open(): void {
    let fd: number;
    try {
      fd = fs.openSync(this.name, APPEND, 0o640);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
      makeFolder(dirname(this.name));
      fd = fs.openSync(this.name, APPEND, 0o640);
    }
    this.#fd = fd;
    const stat = fs.fstatSync(fd);
    this.#isFile = stat.isFile() && !/^\/(?:dev|proc)\//.test(resolve(this.name));
    this.#sizeBytes = stat.isFile() ? stat.size : 0;
    this.#day = this.#sizeBytes > 0 ? dayOf(stat.mtimeMs) : dayOf(Date.now());
    if (isTorn(this.name, this.#sizeBytes)) this.#sizeBytes += writeText(fd, '\n') === 1 ? 1 : 0;
  }

  #close(): void {
    if (this.#fd === undefined) return;
    try {
      fs.closeSync(this.#fd);
    } catch {
      // Closed behind our back: nothing is left to do.
    }
    this.#fd = undefined;
  }

  #rotationDue(): boolean {
    if (this.#rotation === undefined || this.#failing || this.#rotating !== undefined) return false;
    if (this.#fd !== undefined && !this.#isFile) return false;
    if (this.#rotateAt > 0 && monotonicMs() < this.#rotateAt) return false;
    if (this.#fd === undefined || this.#sizeBytes === 0) {
      this.#day = dayOf(Date.now());
      return false;
    }
    const { sizeBytes, daily } = this.#rotation;
    if (sizeBytes !== undefined && this.#sizeBytes >= sizeBytes) return true;
    return daily === true && this.#day !== dayOf(Date.now());
  }

  /** Moves the file aside: lines go to a new one while it gets its name or is compressed. */
  #startRotation(): void {
    this.#close();
    const aside = asideOf(this.name);
    try {
      if (!fs.existsSync(aside)) fs.renameSync(this.name, aside);
    } catch (error) {
      this.#rotationFailed(error);
      return;
    }
    this.#follow(rotateAside(this.name, this.#rotation as RotationOptions));
  }

  #follow(rotation: Promise<void>): void {
    this.#rotating = rotation
      .catch((error: unknown) => this.#rotationFailed(error))
      .then(() => {
        this.#rotating = undefined;
      });
  }

  #rotationFailed(error: unknown): void {
    this.#rotateAt = monotonicMs() + ROTATION_RETRY_MS;
    this.#trouble.warn(this, `log file ${this.name} cannot be rotated: ${String(error)}`);
  }
}

function rotateAside(path: string, options: RotationOptions): Promise<void> {
  const rotation = rotate(path, options).finally(() => rotations.delete(path));
  rotations.set(path, rotation);
  return rotation;
}

/**
 * Makes a folder and those above it. Node's own recursive way never returns where a file system
 * such as /proc says ENOENT for a folder whose parent is there.
 */
function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    fs.mkdirSync(path);
  }
}

/** Describes what opens only if something is at its other end. */
function withoutPeer(path: string): string {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (stat?.isFIFO()) return 'it is a named pipe without a reader';
  return stat?.isSocket() ? 'it is a socket' : 'it is a device that is not connected';
}

/** Whether the last line of a file has no end. */
function isTorn(path: string, sizeBytes: number): boolean {
  if (sizeBytes === 0) return false;
  let fd: number | undefined;
  try {
    fd = fs.openSync(path, 'r');
    const last = Buffer.alloc(1);
    return fs.readSync(fd, last, 0, 1, sizeBytes - 1) === 1 && last[0] !== LINE_FEED;
  } catch {
    // A file that may be written and not read.
    return false;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}
