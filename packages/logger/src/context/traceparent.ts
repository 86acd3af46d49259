/** The content of a W3C `traceparent` header. */
export interface TraceParent {
  readonly traceId: string;
  readonly parentId: string;
  /** The flags this version of the specification knows: 1 sampled, 2 random trace id. */
  readonly flags: number;
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
/** The length of a header of version 00; later versions may append to it. */
const LENGTH = 55;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const KNOWN_FLAGS = 0b11;
/** More than any version needs; queues and protocols do not limit it. */
const MAX_PARENT = 512;

/**
 * Reads a `traceparent` header.
 * @returns The ids and flags, or undefined when the header is not valid.
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header
 */
export function parseTraceparent(header: unknown): TraceParent | undefined {
  if (typeof header !== 'string' || header.length > MAX_PARENT) return undefined;
  const text = header.trim();
  if (!TRACEPARENT.test(text)) return undefined;
  // The parts have fixed places: slices cost less than groups of the expression.
  const version = text.slice(0, 2);
  if (version === 'ff' || (version === '00' && text.length > LENGTH)) return undefined;
  const traceId = text.slice(3, 35);
  const parentId = text.slice(36, 52);
  if (traceId === NO_TRACE || parentId === NO_SPAN) return undefined;
  return { traceId, parentId, flags: Number.parseInt(text.slice(53, LENGTH), 16) & KNOWN_FLAGS };
}

/** Writes a `traceparent` header of version 00. */
export function formatTraceparent(parent: TraceParent): string {
  const flags = (parent.flags & KNOWN_FLAGS).toString(16).padStart(2, '0');
  return `00-${parent.traceId}-${parent.parentId}-${flags}`;
}

const MAX_MEMBERS = 32;
/** With the longest baggage it leaves room in the 16 KiB of headers that servers accept. */
const MAX_STATE = 4096;
const SIMPLE_KEY = /^[a-z][a-z0-9_\-*/]{0,255}$/;
const TENANT_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/**
 * Reads `tracestate` headers, several of them as one list.
 * @returns The list in its normal form, or undefined when it is empty or not valid: it is kept
 * whole or dropped whole.
 * @see https://www.w3.org/TR/trace-context-2/#tracestate-header
 */
export function parseTracestate(header: unknown): string | undefined {
  const text = joined(header);
  if (text === undefined || text.length > MAX_STATE) return undefined;
  const members = text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > MAX_MEMBERS) return undefined;
  const keys = new Set<string>();
  for (const member of members) {
    const equals = member.indexOf('=');
    const key = member.slice(0, equals);
    if (equals < 1 || !(SIMPLE_KEY.test(key) || TENANT_KEY.test(key))) return undefined;
    if (!VALUE.test(member.slice(equals + 1)) || keys.has(key)) return undefined;
    keys.add(key);
  }
  return members.join(',');
}

function joined(header: unknown): string | undefined {
  if (typeof header === 'string') return header;
  try {
    if (!Array.isArray(header)) return undefined;
    return header.every((one) => typeof one === 'string') ? header.join(',') : undefined;
  } catch {
    // A value that cannot be read.
    return undefined;
  }
}
