import type {
  ReadableByteStreamController,
  ReadableStreamBYOBRequest,
  UnderlyingByteSource,
} from 'node:stream/web';

/**
 * A body that has arrived whole, and the stream that gives it once.
 *
 * `new Response(bytes)` copies them at once and reads them back through its stream. Nearly every
 * caller wants all of them, so they are taken from here, and the stream is used by nobody.
 */
export class HeldBody implements UnderlyingByteSource {
  readonly type: 'bytes' = 'bytes' as const;
  readonly stream: ReadableStream<Uint8Array>;
  #bytes: Uint8Array | undefined;

  /** @param bytes - Are not changed; they may be part of a larger buffer. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.stream = new ReadableStream(this as UnderlyingByteSource, {
      highWaterMark: 0,
    }) as ReadableStream<Uint8Array>;
  }

  /** The bytes, unless someone has read them or reads the stream. */
  get unread(): Uint8Array | undefined {
    return this.stream.locked ? undefined : this.#bytes;
  }

  /** As `unread`; after that, the stream has been read. */
  take(): Uint8Array | undefined {
    const bytes = this.unread;
    if (bytes !== undefined) void this.stream.getReader().cancel();
    return bytes;
  }

  pull(controller: ReadableByteStreamController): void {
    const bytes = this.#bytes as Uint8Array;
    this.#bytes = undefined;
    // The stream takes the memory of what it is given, and may share this with others.
    if (bytes.byteLength > 0) controller.enqueue(new Uint8Array(bytes));
    controller.close();
    (controller.byobRequest as unknown as ReadableStreamBYOBRequest | null)?.respond(0);
  }

  cancel(): void {
    this.#bytes = undefined;
  }
}
