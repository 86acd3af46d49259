const UNIT = 'milliseconds?|ms|ns|[uµμ]s|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d';
const PART = new RegExp(`(\\d+(?:\\.\\d+)?) ?(${UNIT})`, 'gi');
const DURATION = new RegExp(`^(?:\\d+(?:\\.\\d+)? ?(?:${UNIT})(?:, ?| )?){1,6}$`, 'i');

/** Milliseconds of a unit, by the start of its name. */
const MILLISECONDS: readonly (readonly [start: RegExp, milliseconds: number])[] = [
  [/^n/, 1e-6],
  [/^[uµμ]/, 1e-3],
  [/^(?:ms|mil)/, 1],
  [/^s/, 1000],
  [/^m/, 60_000],
  [/^h/, 3_600_000],
  [/^d/, 86_400_000],
];

/** The largest number of seconds that is a wait; larger ones are times since 1970. */
const MAX_SECONDS = 1_000_000_000;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const ZONE = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;

/**
 * Parses how long to wait: `6m0s`, `120ms`, `30 seconds`, seconds, seconds or milliseconds since
 * 1970, or a date. A time that has passed gives 0.
 *
 * @returns Milliseconds from now, or undefined for any other string.
 */
export function parseWait(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    if (seconds < MAX_SECONDS) return seconds * 1000;
    return Math.max(0, (seconds > 1e11 ? seconds : seconds * 1000) - Date.now());
  }
  if (DURATION.test(text)) return durationOf(text);
  const time = timeOf(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

function durationOf(text: string): number {
  let sum = 0;
  for (const [, number, unit = ''] of text.matchAll(PART)) {
    const name = unit.toLowerCase();
    sum += Number(number) * (MILLISECONDS.find(([start]) => start.test(name))?.[1] ?? 0);
  }
  return sum;
}

/** The time of an ISO date, which is in UTC where it has no zone, or of a date of HTTP. */
function timeOf(text: string): number {
  if (ISO_DATE.test(text)) return Date.parse(ZONE.test(text) ? text : `${text}Z`);
  return /^[a-z]{3,9},? /i.test(text) && /\d{1,2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

const SENTENCE = new RegExp(
  `\\b(?:(?:try again|retry(?:ing)?(?: your requests?)?|wait|resets?|available(?: again)?) (?:in|after|for)|wait(?: at least)?) (\\d+(?:\\.\\d+)? ?(?:${UNIT})(?: ?\\d+(?:\\.\\d+)? ?(?:${UNIT})){0,3})\\b`,
  'i',
);

/** Seconds without a unit, of Telegram. */
const SECONDS = /\bretry after (\d{1,6})\.?$/i;

/** Reads the wait out of a service's sentence, such as "Please try again in 1.2s.". */
export function waitInSentence(message: string | undefined): number | undefined {
  const text = message?.slice(0, 2000) ?? '';
  return parseWait(SENTENCE.exec(text)?.[1] ?? SECONDS.exec(text)?.[1]);
}
