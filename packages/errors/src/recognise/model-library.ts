import { has, read, readString } from '@map/redaction/kernel';
import { readHeader } from './headers.ts';

/** Names of errors, and of classes whose subclasses have names such as `NotFoundError`. */
const NAMES: ReadonlySet<unknown> = new Set([
  'CohereError',
  'VoyageAIError',
  'BedrockRuntimeServiceException',
  'BedrockAgentRuntimeServiceException',
  'ProviderApiError',
  'MistralError',
  // Of Mistral, too.
  'HTTPValidationError',
  'SDKError',
]);

/** Whether an error is one of a library for language models. */
export function isOfModelLibrary(error: object): boolean {
  const name = readString(error, 'name');
  if (has(error, 'status_code') || NAMES.has(name)) return true;
  if (name === 'ApiError') {
    // @google/genai, whose message is or ends with the response, and replicate
    const headers = read(read(error, 'request'), 'headers');
    return (
      /^(?:got status: [A-Z_]{2,40}\. )?\{"/.test(readString(error, 'message') ?? '') ||
      readHeader(headers, 'user-agent')?.startsWith('replicate-') === true
    );
  }
  let type: unknown = read(error, 'constructor');
  for (let depth = 0; depth < 3 && typeof type === 'function'; depth++) {
    if (NAMES.has(read(type, 'name'))) return true;
    type = Object.getPrototypeOf(type);
  }
  return false;
}
