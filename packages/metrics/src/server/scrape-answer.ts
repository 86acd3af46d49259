import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { constants, createGzip, type Gzip } from 'node:zlib';

/** Milliseconds of rendering after which others may run. */
const SLICE_MS = 0.4;

/**
 * Writes chunks as an answer: never faster than the reader takes them, never for much longer than
 * half a millisecond at a stretch, compressed off the main thread.
 *
 * @returns Whether the reader got everything.
 */
export async function writeAnswer(
  response: ServerResponse,
  chunks: Iterable<string>,
  gzip: boolean,
): Promise<boolean> {
  const target: ServerResponse | Gzip = gzip
    ? createGzip({ level: constants.Z_BEST_SPEED })
    : response;
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
        await new Promise((resolve) => setImmediate(resolve));
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
