import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Gzip } from 'node:zlib';

/** Milliseconds of rendering after which other callbacks get a turn. */
const SLICE_MS = 0.4;

/**
 * Writes chunks as a response: no faster than the client reads, in slices of about half a
 * millisecond, and compressed off the main thread.
 *
 * @returns true if the client received everything.
 */
export async function writeChunks(
  response: ServerResponse,
  chunks: Iterable<string>,
  gzip: boolean,
): Promise<boolean> {
  const target: ServerResponse | Gzip = gzip ? gzipped() : response;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  if (target !== response) {
    response.once('close', () => target.destroy());
    target.on('error', () => response.destroy());
    target.pipe(response);
  }
  try {
    let since = performance.now();
    for (const chunk of chunks) {
      if (closed.signal.aborted) return false;
      if (!target.write(chunk)) await once(target, 'drain', { signal: closed.signal });
      if (performance.now() - since > SLICE_MS) {
        await nextSlice();
        since = performance.now();
      }
    }
    target.end();
    if (!response.writableFinished) await once(response, 'finish', { signal: closed.signal });
    return true;
  } catch {
    response.destroy();
    return false;
  }
}

let lastSlice: Promise<unknown> = Promise.resolve();

/**
 * Waits for a turn of the event loop in which no other response is written. Node accepts one connection
 * in each turn, so with several slices in one, a burst of scrapes would keep `/health` waiting.
 */
function nextSlice(): Promise<unknown> {
  lastSlice = lastSlice.then(() => nextTurn());
  return lastSlice;
}

/** `node:zlib` is loaded with the first compressed response. */
function gzipped(): Gzip {
  const { constants, createGzip } = process.getBuiltinModule('node:zlib');
  return createGzip({ level: constants.Z_BEST_SPEED });
}
