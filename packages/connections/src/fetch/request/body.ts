import type { Readable } from 'node:stream';
import { describeValue } from '@map/redaction/kernel';
import { streams } from '../../core/built-ins.ts';
import { readableOf, watched } from './body-source.ts';

/** A body as undici sends it. */
export type SentBody = string | Uint8Array | Readable;

/** The body of a request, ready to be sent once or more often. */
export interface RequestBody {
  /** The content type that it implies, unless the request names one. */
  readonly contentType: string | undefined;
  /** Its length in bytes where a stream has one. */
  readonly length: number | undefined;
  /** Whether it can be sent again. */
  readonly canRepeat: boolean;
  /** Returns the body of one attempt. */
  open(): SentBody | Promise<SentBody>;
}

/** Forms up to this size are sent with a length, which some servers insist on. */
const largestHeldForm = 64 * 1024 * 1024;
/** The body of a `Request` up to this size can be sent again; the class does not show its source. */
const largestHeldStream = 1024 * 1024;

/**
 * Reads the body of `init`.
 *
 * @param isHalfDuplex - Whether `duplex: 'half'` was given, which streams need.
 * @throws TypeError for a body that cannot be sent.
 */
export function readBody(body: unknown, isHalfDuplex: boolean): RequestBody {
  if (typeof body === 'string') return textBody(body, 'text/plain;charset=UTF-8');
  if (body instanceof URLSearchParams) {
    return textBody(body.toString(), 'application/x-www-form-urlencoded;charset=UTF-8');
  }
  if (ArrayBuffer.isView(body)) {
    return bytesBody(new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice());
  }
  if (body instanceof ArrayBuffer) return bytesBody(new Uint8Array(body.slice(0)));
  if (body instanceof Blob) return blobBody(body);
  if (body instanceof FormData) return formBody(body);
  if (typeof body === 'object' && body !== null) {
    const isStream = body instanceof ReadableStream;
    if (isStream || Symbol.asyncIterator in body) {
      if (!isHalfDuplex) throw new TypeError("A streamed body needs `duplex: 'half'`.");
      if (isStream && body.locked) throw new TypeError('The body is locked or has been read.');
      return streamBody(() => readableOf(body as AsyncIterable<unknown>));
    }
  }
  throw new TypeError(
    `\`body\` must be a string, bytes, a Blob, URLSearchParams, FormData or a stream, got ${describeValue(body)}.`,
  );
}

/**
 * Reads the body of a `Request`, which is taken from it as soon as it is sent.
 *
 * @throws TypeError if it has been read.
 */
export function readRequestBody(request: Request): RequestBody | undefined {
  if (request.bodyUsed) throw new TypeError('The body of the Request has been read.');
  if (request.body === null) return undefined;
  let held: Uint8Array | undefined;
  const body = {
    contentType: undefined,
    length: undefined,
    canRepeat: true,
    async open(): Promise<SentBody> {
      if (held !== undefined) return held;
      const { chunks, rest } = await readFirst(watched(request.body as ReadableStream<Uint8Array>));
      if (rest === undefined) {
        held = Buffer.concat(chunks);
        return held;
      }
      body.canRepeat = false;
      return streams().Readable.from(joined(chunks, rest));
    },
  };
  return body;
}

function textBody(text: string, contentType: string): RequestBody {
  return { contentType, length: undefined, canRepeat: true, open: () => text };
}

function bytesBody(bytes: Uint8Array): RequestBody {
  return { contentType: undefined, length: undefined, canRepeat: true, open: () => bytes };
}

function blobBody(blob: Blob): RequestBody {
  return {
    contentType: blob.type === '' ? undefined : blob.type,
    length: blob.size,
    canRepeat: true,
    open: async () =>
      blob.size <= largestHeldStream
        ? await blob.bytes()
        : streams().Readable.fromWeb(blob.stream() as never),
  };
}

/** Node encodes the form; its boundary is new for each encoding, so that is done once. */
function formBody(form: FormData): RequestBody {
  const encoded = new Response(form);
  const contentType = encoded.headers.get('content-type') ?? undefined;
  if (sizeOf(form) > largestHeldForm) {
    return {
      ...streamBody(() => streams().Readable.fromWeb(encoded.body as never)),
      contentType,
    };
  }
  let bytes: Promise<Uint8Array> | undefined;
  return {
    contentType,
    length: undefined,
    canRepeat: true,
    open: () => {
      bytes ??= encoded.arrayBuffer().then((buffer) => new Uint8Array(buffer));
      return bytes;
    },
  };
}

function streamBody(open: () => Readable): RequestBody {
  return { contentType: undefined, length: undefined, canRepeat: false, open };
}

function sizeOf(form: FormData): number {
  let size = 0;
  for (const [, value] of form) size += typeof value === 'string' ? value.length : value.size;
  return size;
}

async function readFirst(
  stream: ReadableStream<Uint8Array>,
): Promise<{ chunks: Uint8Array[]; rest: ReadableStreamDefaultReader<Uint8Array> | undefined }> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  for (let size = 0; size <= largestHeldStream; ) {
    const { done, value } = await reader.read();
    if (done) return { chunks, rest: undefined };
    chunks.push(value);
    size += value.byteLength;
  }
  return { chunks, rest: reader };
}

async function* joined(
  chunks: readonly Uint8Array[],
  rest: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
  try {
    for (let read = await rest.read(); !read.done; read = await rest.read()) yield read.value;
  } finally {
    await rest.cancel();
  }
}
