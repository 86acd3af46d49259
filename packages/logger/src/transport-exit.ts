import { WriteStream } from 'node:fs';
import { join } from 'node:path';
import { appendTo, FileStream, openToAppend, type Rescue, stateOf } from './file-stream.ts';

/** How a transport's lines come to their goal when the event loop is no more. */
export interface TransportExit {
  /** Writes what the transport has taken and holds. */
  finishSync(rescue: Rescue): void;
  /** How much the transport has taken and holds; 0 is nothing. */
  readonly held: number;
}

/** As much of winston's file transport as is needed to empty it. */
interface FileTransport {
  readonly _stream: {
    readonly readableLength: number;
    read(): Uint8Array | string | null;
    unpipe(): unknown;
    emit(event: string): boolean;
    listenerCount(event: string): number;
  };
  readonly _dest?: unknown;
  readonly dirname: string;
  readonly filename: string;
  readonly options?: { readonly flags?: unknown } | undefined;
  on(event: 'open', listener: () => void): unknown;
}

/**
 * Finds the way to write synchronously what a transport holds: there is one for winston's `File`,
 * and for its `Stream` into a file. Others hold their lines where nobody can see them.
 */
export function transportExit(transport: object): TransportExit | undefined {
  const { _stream, dirname, filename } = transport as Partial<FileTransport>;
  if (_stream instanceof WriteStream) return new FileStream(_stream);
  const isFile = typeof dirname === 'string' && typeof filename === 'string';
  if (!isFile || typeof _stream?.read !== 'function') return undefined;
  return new FileTransportExit(transport as FileTransport);
}

/** What the transport waits for before it goes on with a line that it has. */
const AWAITED = ['drain', 'rotate'] as const;
const MAX_IDLE_TURNS = 4;

class FileTransportExit implements TransportExit {
  readonly #transport: FileTransport;
  #file: FileStream | undefined;
  #fd: number | undefined;

  constructor(transport: FileTransport) {
    this.#transport = transport;
    this.#follow();
    // Each file of a rotation is followed from its opening on.
    transport.on('open', () => this.#follow());
  }

  get held(): number {
    const { _stream } = this.#transport;
    return _stream.readableLength + (stateOf(_stream)?.length ?? 0) + (this.#file?.held ?? 0);
  }

  #follow(): void {
    const { _dest } = this.#transport;
    if (_dest instanceof WriteStream && _dest !== this.#file?.stream) {
      this.#file = new FileStream(_dest);
    }
  }

  finishSync(rescue: Rescue): void {
    this.#follow();
    const { _stream } = this.#transport;
    _stream.unpipe();
    this.#file?.finishSync(rescue);
    for (let idle = 0; idle < MAX_IDLE_TURNS; idle += 1) {
      for (let chunk = _stream.read(); chunk !== null; chunk = _stream.read()) {
        this.#append(chunk, rescue);
        idle = 0;
      }
      const awaited = AWAITED.filter((event) => _stream.listenerCount(event) > 0);
      if (awaited.length === 0) return;
      for (const event of awaited) _stream.emit(event);
    }
  }

  #append(chunk: Uint8Array | string, rescue: Rescue): void {
    if (this.#file !== undefined) {
      this.#file.append(chunk, rescue);
      return;
    }
    const { dirname, filename, options } = this.#transport;
    try {
      this.#fd ??= openToAppend(join(dirname, filename), options?.flags ?? 'a');
    } catch (error) {
      rescue(String(chunk), error);
      return;
    }
    appendTo(this.#fd, chunk, rescue);
  }
}
