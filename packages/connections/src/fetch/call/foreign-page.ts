import type { FetchOrigin } from '../errors/errors.ts';
import type { OutgoingRequest } from '../request/request.ts';
import type { Head } from '../wire/exchange.ts';
import { headerOf } from '../wire/response-headers.ts';

/**
 * Whether something on the way to a model answered with a page and the status of success: the SDKs
 * of OpenAI and Anthropic give its text to their caller as a completion, or a stream without chunks.
 * A request that accepts neither JSON nor events, such as that of a file, may get a page.
 */
export function isForeignPage(
  { status, headers }: Head,
  request: OutgoingRequest,
  origin: FetchOrigin,
): boolean {
  if (origin !== 'llm' || status >= 300) return false;
  if (!/^text\/html\b/i.test(headerOf(headers, 'content-type') ?? '')) return false;
  const accept = request.headers.get('accept') ?? '*/*';
  return /json|event-stream|\*\/\*/.test(accept) && !/html/.test(accept);
}
