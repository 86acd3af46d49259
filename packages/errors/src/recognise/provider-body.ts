import {
  firstItems,
  foreignMessage,
  isObject,
  read,
  readNumber,
  readString,
} from '@map/redaction/kernel';
import { readLimitResetMs } from './headers.ts';
import { waitInSentence } from './wait.ts';

const MAX_BODY = 20_000;

/** The content of a provider's error response, in the shapes of OpenAI, Anthropic, Google. */
export interface ProviderBody {
  readonly words: readonly (string | undefined)[];
  readonly message: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** Parses a body that may be JSON; other values are returned as they are. */
export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  const start = body.slice(0, 200).search(/[[{]/);
  if (start < 0 || body.length > MAX_BODY) return undefined;
  try {
    // replicate ends its sentence with a full stop.
    const parsed: unknown = JSON.parse(body.slice(start).replace(/\.$/, ''));
    // A sentence may hold a list of numbers, such as "must be in [1, 4096]".
    return isObject(firstItems(parsed, 1)?.[0] ?? parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the codes, the message, the status and the wait of an error response. */
export function readProviderBody(body: unknown): ProviderBody {
  let outer = parseBody(body);
  // Google wraps a stream's error in a list.
  outer = firstItems(outer, 1)?.[0] ?? outer;
  const nested = read(outer, 'error') ?? read(read(outer, 'response'), 'error');
  const inner = isObject(nested) ? nested : outer;
  // @google/genai puts the whole response into the message of the error in it.
  const text = readString(inner, 'message');
  if (text?.startsWith('{') && inner !== outer) return readProviderBody(text);
  // OpenRouter repeats the response of the provider.
  const raw = readString(read(inner, 'metadata'), 'raw');
  const said = raw?.startsWith('{') ? readProviderBody(raw) : undefined;
  const status = STATUSES.map((key) => statusOf(read(inner, key))).find(Boolean);
  return {
    words: [
      readString(inner, 'code'),
      readString(inner, 'type'),
      readString(inner, 'status'),
      // Text Generation Inference of Hugging Face
      readString(outer, 'error_type'),
      // Azure
      readString(read(inner, 'innererror'), 'code'),
      reasonOf(inner),
      quotaOf(inner),
      ...(said?.words ?? []),
    ],
    message:
      said?.message ??
      text ??
      sentenceOf(nested) ??
      readString(outer, 'detail') ??
      sentenceOf(body),
    status,
    retryAfterMs: retryDelayOf(inner) ?? secondsOf(outer),
  };
}

/**
 * Returns the sentence of a provider whose SDK puts the whole response into its message, as those of
 * Google, Groq and Mistral do; undefined for every other message.
 */
export function providerSentence(
  error: object,
  status: number | undefined,
  body: unknown,
): string | undefined {
  const own = readString(error, 'message');
  if (own === undefined || !/[[{]\s*["{[]|^\d{3} "|^\[object/.test(own.slice(0, 200)))
    return undefined;
  const sentence = readProviderBody(body).message;
  if (!sentence || sentence === own) return undefined;
  const message = status === undefined ? sentence : `${status} ${sentence}`;
  return foreignMessage({ message }, 500);
}

/** xAI and LM Studio answer with a sentence, which is all that the SDK of OpenAI keeps of the body. */
function sentenceOf(value: unknown): string | undefined {
  return typeof value === 'string' && !/^\s*[[{<]/.test(value) ? value : undefined;
}

/** The last two are those of Groq and of Hugging Face, inside a stream. */
const STATUSES = ['code', 'status', 'status_code', 'http_status_code'];

function statusOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 400 && number < 600 ? number : undefined;
}

function details(inner: unknown): unknown[] {
  return firstItems(read(inner, 'details'), 10) ?? [];
}

// google.rpc.ErrorInfo
function reasonOf(inner: unknown): string | undefined {
  // Older services of Google have a list of errors.
  return [...details(inner), ...(firstItems(read(inner, 'errors'), 10) ?? [])]
    .map((item) => readString(item, 'reason'))
    .find(Boolean);
}

// google.rpc.QuotaFailure, such as GenerateRequestsPerDayPerProjectPerModel
function quotaOf(inner: unknown): string | undefined {
  return details(inner)
    .flatMap((item) => firstItems(read(item, 'violations'), 10) ?? [])
    .map((violation) => readString(violation, 'quotaId'))
    .find((id) => id !== undefined && /PerDay/.test(id));
}

// google.rpc.RetryInfo: { retryDelay: '30s' }
function retryDelayOf(inner: unknown): number | undefined {
  for (const item of details(inner)) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(readString(item, 'retryDelay') ?? '')?.[1];
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  const metadata = read(inner, 'metadata');
  // OpenRouter repeats the headers of the limit inside the body, and what the provider said.
  return (
    readLimitResetMs(read(metadata, 'headers'), Number.MAX_SAFE_INTEGER) ??
    secondsOf(inner) ??
    waitInSentence(readString(metadata, 'raw'))
  );
}

function secondsOf(body: unknown): number | undefined {
  const seconds =
    readNumber(body, 'retry_after') ??
    readNumber(body, 'retryAfter') ??
    // Telegram
    readNumber(read(body, 'parameters'), 'retry_after') ??
    // Hugging Face, of a model that it loads.
    readNumber(body, 'estimated_time');
  return seconds === undefined || seconds < 0 ? undefined : seconds * 1000;
}
