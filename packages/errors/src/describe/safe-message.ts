import { redactForeignText } from '@map/redaction';
import { isArray, isObject, read, readNumber, readString } from '@map/redaction/kernel';
import { issuesMessage, validationIssues } from './validation-issues.ts';

const AI_SDK = Symbol.for('vercel.ai.error');

// The AI SDK's errors whose whole message comes from the provider or from the SDK itself;
// all others repeat the prompt, the model's output or the tool's input.
const AI_SDK_SAFE = new Set([
  'AI_APICallError',
  'AI_StreamProviderError',
  'AI_LoadAPIKeyError',
  'AI_LoadSettingError',
  'AI_NoSuchModelError',
  'AI_NoSuchProviderError',
]);

/**
 * Returns the message of any thrown value, without secrets and values that it repeats.
 *
 * @returns At most `limit` characters, or undefined if there is no message.
 */
export function safeMessage(error: unknown, limit = 500): string | undefined {
  if (typeof error === 'string')
    return error === '' ? undefined : redactForeignText(error, { limit });
  if (!isObject(error)) return undefined;
  const message = readString(error, 'message');
  if (read(error, AI_SDK) === true) return aiSdkMessage(error, message ?? '', limit);
  // Anthropic's own sentence; its `message` is the whole response in JSON.
  const apiMessage = readString(error, 'apiMessage');
  if (apiMessage) return redactForeignText(withStatus(error, apiMessage), { limit });
  if (isArray(read(error, 'issues'))) return issuesMessage(validationIssues(error) ?? []);
  if (!message) return undefined;
  // Some libraries put JSON into the message; drop it, it may contain user data.
  const said = hideParsedText(message.slice(0, limit + 1000));
  const start = said.search(/[[{]\s*["{[]/);
  const sentence = start >= 0 ? said.slice(0, start).trimEnd() : said;
  return redactForeignText(sentence || 'The message contains data.', { limit });
}

function aiSdkMessage(error: object, message: string, limit: number): string {
  const name = readString(error, 'name') ?? '';
  if (AI_SDK_SAFE.has(name)) return redactForeignText(message, { limit });
  const end = message.search(/[:'"`.\n]/);
  return redactForeignText(end > 0 ? message.slice(0, end) : message, { limit: 100 });
}

function withStatus(error: object, message: string): string {
  const status = readNumber(error, 'status');
  return status === undefined ? message : `${status} ${message}`;
}

/** Removes the text that V8 could not parse and quotes, whatever quotes that contains itself. */
function hideParsedText(text: string): string {
  const end = text.lastIndexOf('" is not valid JSON') + 1 || text.lastIndexOf('is not valid JSON');
  if (end <= 0) return text;
  const start = text.indexOf('"');
  return start < 0 || start >= end ? text : `${text.slice(0, start)}…${text.slice(end)}`;
}
