import { withoutColors } from '../characters/characters.ts';
import { read, readNumber, readString } from '../safe/read.ts';
import { hideParsedText } from '../text/echoes.ts';
import { redactForeignText } from './redact-text.ts';

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

/** What Node's assertions compare. */
const DIFFERENCE = /^(Expected (?:values|inputs|"actual")[^:\n]{1,80}):\n[\s\S]*/;

/** The beginning of an object or of a list. */
const DATA = /[[{]\s*["{[]/;

/**
 * Returns the message of a third-party error without secrets and without the values that it repeats;
 * an empty string if there is no message. Never throws.
 *
 * @param error The error.
 * @param limit The largest number of characters to return.
 */
export function foreignMessage(error: object, limit: number): string {
  const message = readString(error, 'message') ?? '';
  if (read(error, AI_SDK) === true) return aiSdkMessage(error, message, limit);
  // Anthropic's own sentence; its `message` is the whole response in JSON.
  const apiMessage = readString(error, 'apiMessage');
  if (apiMessage) return withoutInput(withStatus(error, apiMessage), limit);
  return message === '' ? '' : withoutInput(message, limit);
}

function withoutInput(message: string, limit: number): string {
  const said = withoutData(hideParsedText(sentencesOf(message.slice(0, limit + 1000))));
  return redactForeignText(said || 'The message contains data.', { limit });
}

/** The line of a caret below an excerpt of what a parser read. */
const CARET = /\n[ \t\d|:>-]*\^[ \t^~]*(?:\n|$)/;

/**
 * Drops colors, the stack of another error that a library has put into its message, and the input
 * that a parser or an assertion shows.
 */
function sentencesOf(message: string): string {
  const plain = withoutColors(message);
  const stack = plain.search(/\n {2,8}at \S.{0,300}:\d+:\d+\)?(?: \{)?$/m);
  const text = stack < 0 ? plain : plain.slice(0, stack);
  return CARET.test(text) ? text.slice(0, text.indexOf('\n')) : text.replace(DIFFERENCE, '$1');
}

function aiSdkMessage(error: object, message: string, limit: number): string {
  const name = readString(error, 'name') ?? '';
  if (AI_SDK_SAFE.has(name)) return message === '' ? '' : withoutInput(message, limit);
  const end = message.search(/[:'"`.\n]/);
  return redactForeignText(end > 0 ? message.slice(0, end) : message, { limit: 100 });
}

function withStatus(error: object, message: string): string {
  const status = readNumber(error, 'status');
  return status === undefined ? message : `${status} ${message}`;
}

/** Drops JSON, which may hold users' data, and what follows it; a provider's sentence in it stays. */
function withoutData(message: string): string {
  const start = message.search(DATA);
  if (start < 0) return message;
  return `${message.slice(0, start)}${sentenceIn(message.slice(start))}`.trimEnd();
}

function sentenceIn(json: string): string {
  try {
    const data: unknown = JSON.parse(json);
    return readString(read(data, 'error'), 'message') ?? readString(data, 'message') ?? '';
  } catch {
    return '';
  }
}
