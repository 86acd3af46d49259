import { getContext, getTraceHeaders, LogContext } from '@map/logger';
import { read, readString } from '@map/redaction/kernel';

/** The members of `_meta` that carry a trace (W3C Trace Context and Baggage). */
const MEMBERS = ['traceparent', 'tracestate', 'baggage'] as const;

/** The trace of a request of the Model Context Protocol. */
export interface McpTrace {
  readonly [member: string]: unknown;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/**
 * Makes the `_meta` of a request of the Model Context Protocol that carries the current trace.
 *
 * @param meta Further members of `_meta`, such as `progressToken`; they stay as they are, except
 * that one that cannot be read is left out.
 * @returns The members with `traceparent`, and `tracestate` and `baggage` where there are any.
 * @example
 * ```ts
 * import { runAgentStep } from '@map/config';
 * import { toMcpMeta } from '@map/config/mcp';
 *
 * await runAgentStep({ agent: 'planner', operation: 'search' }, async () => {
 *   const request = { name: 'search', arguments: { text: 'tea' }, _meta: toMcpMeta() };
 *   console.log(Object.keys(request._meta)); // client.callTool(request)
 * });
 * ```
 */
export function toMcpMeta<M extends object = object>(meta?: M): M & McpTrace {
  const carrier = getContext()?.toCarrier() ?? getTraceHeaders();
  return { ...readable(meta), ...pick(carrier) } as M & McpTrace;
}

/**
 * Makes a context of the `_meta` of a request that came in. Any value is accepted: what is not
 * valid in it is left out, and nothing but the trace is read.
 *
 * @param meta `extra._meta` of a request handler.
 * @returns The context, for the option `carrier` of `runTool` and its like, or for
 * `runWithContext`.
 * @example
 * ```ts
 * import { runTool } from '@map/config';
 * import { fromMcpMeta } from '@map/config/mcp';
 *
 * const handler = (args: { text: string }, extra: { _meta?: unknown }) =>
 *   runTool({ tool: 'search', carrier: fromMcpMeta(extra._meta) }, () => ({
 *     content: [{ type: 'text', text: `Found ${args.text}` }],
 *   }));
 * await handler({ text: 'tea' }, {}); // server.registerTool('search', …, handler)
 * ```
 */
export function fromMcpMeta(meta: unknown): LogContext {
  return LogContext.fromCarrier(pick(meta));
}

/** The members of an object that can be read. */
function readable(meta: unknown): object {
  if (typeof meta !== 'object' || meta === null) return {};
  try {
    const members = Object.keys(meta).map((name) => [name, read(meta, name)] as const);
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  } catch {
    // A revoked proxy.
    return {};
  }
}

function pick(from: unknown): McpTrace {
  const found: Record<string, string> = {};
  for (const name of MEMBERS) {
    const value = readString(from, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
