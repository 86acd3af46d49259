import type { OutgoingRequest } from '../request/request.ts';
import type { Dispatchers } from './dispatchers.ts';
import type { Exchange, Head } from './exchange.ts';

/**
 * Sends a request once.
 *
 * @param exchange - Receives what comes back; it may end before anything is sent.
 * @returns The status and the headers of the response.
 */
export async function send(
  request: OutgoingRequest,
  dispatchers: Dispatchers,
  exchange: Exchange,
): Promise<Head> {
  const { url, method, headers, body } = request;
  // It is awaited only when the body is ready, and may fail before.
  exchange.head.catch(() => {});
  const opened = body?.open();
  const sent = opened instanceof Promise ? await opened : opened;
  const fields = Object.fromEntries(headers);
  if (body?.length !== undefined && typeof sent === 'object' && !ArrayBuffer.isView(sent)) {
    fields['content-length'] = String(body.length);
  }
  // A deadline or the caller may have ended it in the meantime.
  if (exchange.isOver) return await exchange.head;
  try {
    dispatchers.for(url).dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers: fields,
        body: sent ?? null,
      },
      exchange,
    );
  } catch (error) {
    exchange.fail(error);
  }
  return await exchange.head;
}
