import { issuesMessage, validationIssues } from './recognise/validation.ts';
import { hideParsedText, redactText } from './redact.ts';
import { isArray, isObject, read, readNumber, readString } from './safe.ts';

const AI_SDK = Symbol.for('vercel.ai.error');

// The AI SDK's errors whose whole message comes from the provider or from the SDK itself;
// every other one repeats the prompt, the model's answer or the tool's input.
const AI_SDK_SAFE = new Set([
  'AI_APICallError',
  'AI_StreamProviderError',
  'AI_LoadAPIKeyError',
  'AI_LoadSettingError',
  'AI_NoSuchModelError',
  'AI_NoSuchProviderError',
]);

/**
 * Gives the message of anything thrown, without what it may give away.
 *
 * @returns At most `limit` characters, or undefined when there is no message.
 */
export function safeMessage(error: unknown, limit = 500): string | undefined {
  if (typeof error === 'string') return error === '' ? undefined : redactText(error, limit);
  if (!isObject(error)) return undefined;
  const message = readString(error, 'message');
  if (read(error, AI_SDK) === true) return aiSdkMessage(error, message ?? '', limit);
  // Anthropic's own text, where the message is the whole answer in JSON.
  const apiMessage = readString(error, 'apiMessage');
  if (apiMessage) return redactText(withStatus(error, apiMessage), limit);
  if (isArray(read(error, 'issues'))) return issuesMessage(validationIssues(error) ?? []);
  if (!message) return undefined;
  // A message that is a dump of data is no sentence, and may hold anything.
  const told = hideParsedText(message.slice(0, limit + 1000));
  const start = told.search(/[[{]\s*["{[]/);
  const sentence = start >= 0 ? told.slice(0, start).trimEnd() : told;
  return redactText(sentence || 'The message holds data.', limit);
}

function aiSdkMessage(error: object, message: string, limit: number): string {
  const name = readString(error, 'name') ?? '';
  if (AI_SDK_SAFE.has(name)) return redactText(message, limit);
  const end = message.search(/[:'"`.\n]/);
  return redactText(end > 0 ? message.slice(0, end) : message, 100);
}

function withStatus(error: object, message: string): string {
  const status = readNumber(error, 'status');
  return status === undefined ? message : `${status} ${message}`;
}
