import type { Transform } from 'node:stream';
import { streams as nodeStreams } from '../../core/built-ins.ts';

type Zlib = typeof import('node:zlib');

/** Codings that a response may have one upon the other. */
const mostCodings = 5;

/** Codings that requests accept. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

// A decoder that flushes at the end instead of finishing accepts a body without its last bytes,
// which some servers leave out and every browser accepts.
function flushing({ constants: { Z_SYNC_FLUSH: flush } }: Zlib): object {
  return { flush, finishFlush: flush };
}

function flushingBrotli({ constants: { BROTLI_OPERATION_FLUSH: flush } }: Zlib): object {
  return { flush, finishFlush: flush };
}

function gunzip(zlib: Zlib): Transform {
  return zlib.createGunzip(flushing(zlib));
}

const makers: Readonly<Record<string, (zlib: Zlib, first: number) => Transform>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // Some servers send the data without the header of zlib, whose low half is 8.
  deflate: (zlib, first) =>
    (first & 0x0f) === 8
      ? zlib.createInflate(flushing(zlib))
      : zlib.createInflateRaw(flushing(zlib)),
  br: (zlib) => zlib.createBrotliDecompress(flushingBrotli(zlib)),
  zstd: (zlib) => zlib.createZstdDecompress(),
};

/**
 * Reads `content-encoding`.
 *
 * @returns The codings in the order in which they are undone; none if one of them is not known, and
 * the body is passed on unchanged, as by `fetch`.
 */
export function codingsOf(header: string | null): readonly string[] {
  if (header === null || header === '') return [];
  const codings = header
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== 'identity' && coding !== '')
    .reverse();
  const isKnown = codings.every((coding) => Object.hasOwn(makers, coding));
  return isKnown && codings.length <= mostCodings ? codings : [];
}

/** Receives the output of a decoder. */
export interface DecoderSink {
  onDecoded(chunk: Uint8Array): void;
  onDecodedAll(): void;
  onDecodeError(error: Error): void;
  /** Takes more input after `write` returned false. */
  onDecoderDrain(): void;
}

/** Undoes the codings of one body, chunk by chunk. */
export class Decoder {
  readonly #first: Transform;
  readonly #last: Transform;

  /**
   * @param codings - As `codingsOf` gives them; at least one.
   * @param firstByte - Of the body.
   */
  constructor(codings: readonly string[], firstByte: number, sink: DecoderSink) {
    const zlib = process.getBuiltinModule('node:zlib');
    const streams = codings.map((coding) => makers[coding]?.(zlib, firstByte) as Transform);
    this.#first = streams[0] as Transform;
    this.#last = streams.at(-1) as Transform;
    const failed = (error: Error | null | undefined): void => {
      if (error) sink.onDecodeError(error);
    };
    if (streams.length > 1) nodeStreams().pipeline(streams, failed);
    else this.#first.on('error', failed);
    this.#first.on('drain', () => sink.onDecoderDrain());
    this.#last.on('data', (chunk: Uint8Array) => sink.onDecoded(chunk));
    this.#last.on('end', () => sink.onDecodedAll());
  }

  /** @returns False if the source has to wait for `onDecoderDrain`. */
  write(chunk: Uint8Array): boolean {
    return this.#first.write(chunk);
  }

  end(): void {
    this.#first.end();
  }

  pause(): void {
    this.#last.pause();
  }

  resume(): void {
    this.#last.resume();
  }

  destroy(): void {
    this.#first.destroy();
    this.#last.destroy();
  }
}
