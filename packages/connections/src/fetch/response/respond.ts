import type { OutgoingRequest } from '../request/request.ts';
import type { Head } from '../wire/exchange.ts';
import { headerOf } from '../wire/response-headers.ts';
import { type BodyOwner, hasNoBody, ResponseBody } from './body.ts';
import { codingsOf } from './decoder.ts';
import { HeldBody } from './held-body.ts';
import { makeResponse } from './response.ts';

/**
 * Makes the response that the caller gets.
 *
 * @param wasRedirected - Whether the request is not the first one of its call.
 * @param owner - Is notified when the body ends, which may be at once.
 * @throws What `owner` makes of a body that is too large.
 */
export function respond(
  { exchange, headers: raw, status, statusText }: Head,
  { method, limits, target }: OutgoingRequest,
  wasRedirected: boolean,
  owner: BodyOwner,
): Response {
  const source = { url: target.href, redirected: wasRedirected, status, statusText };
  if (method === 'HEAD' || hasNoBody(status)) {
    exchange.abort(new Error('The response has no body.'));
    owner.onBodyEnd();
    return makeResponse(null, raw, source);
  }
  const codings = codingsOf(headerOf(raw, 'content-encoding'));
  if (codings.length === 0) {
    if (Number(headerOf(raw, 'content-length')) > limits.maxResponseBytes) {
      exchange.abort(new Error('The response is too large.'));
      throw owner.tooLarge();
    }
    if (exchange.hasEnded) {
      const bytes = joined(exchange.takeEarly());
      if (bytes.byteLength > limits.maxResponseBytes) throw owner.tooLarge();
      owner.onBodyEnd();
      return makeResponse(new HeldBody(bytes), raw, source);
    }
  }
  const body = new ResponseBody(exchange, codings, limits.maxResponseBytes, owner);
  const response = makeResponse(body.stream, raw, source);
  abandoned.register(response, body);
  return response;
}

/** Abandoned bodies would keep their sockets. */
const abandoned = new FinalizationRegistry<ResponseBody>((body) => {
  if (!body.wasRead && !body.stream.locked) body.leave();
});

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
