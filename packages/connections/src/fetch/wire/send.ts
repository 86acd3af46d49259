import type { SentBody } from '../request/body.ts';
import type { OutgoingRequest } from '../request/request.ts';
import type { Dispatchers } from './dispatchers.ts';
import type { Exchange, Head } from './exchange.ts';

/**
 * Sends a request once.
 *
 * @param exchange - Receives what comes back; it may end before anything is sent.
 * @returns The status and the headers of the response.
 */
export function send(
  request: OutgoingRequest,
  dispatchers: Dispatchers,
  exchange: Exchange,
): Promise<Head> {
  const opened = request.body?.open();
  if (!(opened instanceof Promise)) {
    dispatch(request, opened, dispatchers, exchange);
    return exchange.head;
  }
  // It is awaited only when the body is ready, and may fail before.
  exchange.head.catch(() => {});
  return opened.then((sent) => {
    dispatch(request, sent, dispatchers, exchange);
    return exchange.head;
  });
}

function dispatch(
  { target, method, headers, body }: OutgoingRequest,
  sent: SentBody | undefined,
  dispatchers: Dispatchers,
  exchange: Exchange,
): void {
  // A deadline or the caller may have ended it in the meantime.
  if (exchange.isOver) return;
  const fields: string[] = [];
  for (const [name, value] of headers) fields.push(name, value);
  if (body?.length !== undefined && typeof sent === 'object' && !ArrayBuffer.isView(sent)) {
    fields.push('content-length', String(body.length));
  }
  try {
    dispatchers.for(target.url).dispatch(
      {
        origin: target.origin,
        path: target.path,
        method,
        headers: fields,
        body: sent ?? null,
      },
      exchange,
    );
  } catch (error) {
    exchange.fail(error);
  }
}
