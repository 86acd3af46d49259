import type {
  ReadableByteStreamController,
  ReadableStreamBYOBRequest,
  UnderlyingByteSource,
} from 'node:stream/web';
import type { BodySink, Exchange } from '../wire/exchange.ts';
import { Decoder, type DecoderSink } from './decoder.ts';

/** Is notified of how the body of a response ended, and codes what went wrong. */
export interface BodyOwner {
  /** It was read to its end, or left early. */
  onBodyEnd(): void;
  /** @returns The error that the reader gets. */
  onBodyFailure(error: unknown): unknown;
  /** @returns The error of a body that exceeds its limit. */
  tooLarge(): unknown;
  /** @returns The error of a body that cannot be decompressed. */
  undecodable(error: Error): unknown;
}

/** Statuses whose responses have no body. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** Unread bytes after which the other side has to wait. */
const mostUnread = 64 * 1024;

/**
 * The body of a response as a byte stream.
 *
 * Its queue has the size 0, so `pull` is called exactly when a reader waits for bytes. What the socket
 * gives at once, often many chunks, is passed on as one: each piece costs the stream and its reader
 * more than its bytes do. An error is kept until what came before it has been read: erring a stream
 * drops its queue.
 */
export class ResponseBody implements BodySink, DecoderSink, UnderlyingByteSource {
  readonly type: 'bytes' = 'bytes' as const;
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether the reader has requested bytes. */
  wasRead: boolean = false;
  readonly #exchange: Exchange;
  readonly #codings: readonly string[];
  readonly #limit: number;
  readonly #owner: BodyOwner;
  #controller!: ReadableByteStreamController;
  #decoder: Decoder | undefined;
  #size = 0;
  #gathered: Uint8Array[] = [];
  #gatheredSize = 0;
  /** Bytes in the stream after the last that it was given: at least as many as now. */
  #unread = 0;
  #isDone = false;
  #late: { readonly error: unknown } | undefined;

  /**
   * @param codings - To undo, in this order.
   * @param limit - Largest body in bytes, after that.
   */
  constructor(exchange: Exchange, codings: readonly string[], limit: number, owner: BodyOwner) {
    this.#exchange = exchange;
    this.#codings = codings;
    this.#limit = limit;
    this.#owner = owner;
    this.stream = new ReadableStream(this as UnderlyingByteSource, {
      highWaterMark: 0,
    }) as ReadableStream<Uint8Array>;
    exchange.attach(this);
  }

  start(controller: ReadableByteStreamController): void {
    this.#controller = controller;
  }

  pull(): void {
    this.wasRead = true;
    if (this.#late !== undefined) {
      this.#controller.error(this.#late.error);
      return;
    }
    this.#decoder?.resume();
    this.#exchange.resume();
  }

  cancel(): void {
    this.leave();
  }

  /** Ends the body because the reader has left it; that is not an error. */
  leave(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#gathered = [];
    this.#decoder?.destroy();
    this.#exchange.abort(new Error('The body was left before its end.'));
    this.#owner.onBodyEnd();
  }

  onChunk(chunk: Uint8Array): void {
    if (this.#isDone || chunk.byteLength === 0) return;
    if (this.#codings.length === 0) {
      if (this.#push(chunk)) this.#exchange.pause();
      return;
    }
    this.#decoder ??= new Decoder(this.#codings, chunk[0] as number, this);
    if (!this.#decoder.write(chunk)) this.#exchange.pause();
  }

  onEnd(): void {
    if (this.#decoder === undefined) this.#close();
    else this.#decoder.end();
  }

  onFailure(error: unknown): void {
    if (this.#isDone) return;
    this.#fail(this.#owner.onBodyFailure(error));
  }

  onDecoded(chunk: Uint8Array): void {
    if (!this.#isDone && this.#push(chunk)) this.#decoder?.pause();
  }

  onDecodedAll(): void {
    this.#close();
  }

  onDecodeError(error: Error): void {
    if (this.#isDone) return;
    this.#abort(this.#owner.undecodable(error));
  }

  onDecoderDrain(): void {
    this.#exchange.resume();
  }

  /** @returns Whether enough lies unread. */
  #push(chunk: Uint8Array): boolean {
    this.#size += chunk.byteLength;
    if (this.#size > this.#limit) {
      this.#abort(this.#owner.tooLarge());
      return false;
    }
    if (this.#gathered.push(chunk) === 1) queueMicrotask(() => this.#handOver());
    this.#gatheredSize += chunk.byteLength;
    // The stream is asked only where it can matter: most chunks are small and read at once.
    if (this.#unread + this.#gatheredSize < mostUnread) return false;
    this.#unread = -(this.#controller.desiredSize ?? 0);
    return this.#unread + this.#gatheredSize >= mostUnread;
  }

  #handOver(): void {
    if (this.#gathered.length === 0) return;
    // The stream takes the memory of what it is given, and these pieces share theirs with others.
    const bytes = new Uint8Array(this.#gatheredSize);
    let at = 0;
    for (const chunk of this.#gathered) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#gathered = [];
    this.#gatheredSize = 0;
    this.#controller.enqueue(bytes);
    this.#unread = -(this.#controller.desiredSize ?? 0);
  }

  #close(): void {
    if (this.#isDone) return;
    this.#handOver();
    this.#isDone = true;
    this.#controller.close();
    (this.#controller.byobRequest as unknown as ReadableStreamBYOBRequest | null)?.respond(0);
    this.#owner.onBodyEnd();
  }

  #abort(error: unknown): void {
    this.#fail(error);
    this.#exchange.abort(error);
  }

  #fail(error: unknown): void {
    this.#handOver();
    this.#isDone = true;
    this.#decoder?.destroy();
    if ((this.#controller.desiredSize ?? 0) < 0) this.#late = { error };
    else this.#controller.error(error);
  }
}
