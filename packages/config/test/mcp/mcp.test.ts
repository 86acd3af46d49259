import { getContext, LogContext, runWithContext } from '@map/logger';
import { hostileValues } from '@map-tooling/testing';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { propagation } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { fromMcpMeta, toMcpMeta } from '../../src/mcp/mcp.ts';
import { runAgentStep } from '../../src/work/run-agent-step.ts';
import { runTool } from '../../src/work/run-tool.ts';
import { startTracing, type Tracing } from '../support/tracing.ts';

let tracing: Tracing;
let client: Client;
let server: McpServer;
let received: unknown[];

beforeAll(async () => {
  tracing = startTracing();
  server = new McpServer({ name: 'tools', version: '1.0.0' });
  server.registerTool('search', { inputSchema: { text: z.string() } }, ({ text }, extra) =>
    runTool({ tool: 'search', carrier: fromMcpMeta(extra._meta) }, () => {
      received.push({
        meta: extra._meta,
        fields: getContext()?.fields,
        tenant: propagation.getActiveBaggage()?.getEntry('tenant')?.value,
      });
      return { content: [{ type: 'text' as const, text: `found ${text}` }] };
    }),
  );
  client = new Client({ name: 'agent', version: '1.0.0' });
  const [there, here] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(there), client.connect(here)]);
});
afterAll(async () => {
  await client.close();
  await server.close();
  await tracing.close();
});
beforeEach(() => {
  tracing.reset();
  received = [];
});

test('a tool of a server continues the trace of its client, with the baggage', async () => {
  const incoming = LogContext.fromCarrier({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
    baggage: 'tenant=a',
  });
  const result = await runAgentStep(
    { agent: 'planner', operation: 'search', carrier: incoming },
    () =>
      client.callTool({
        name: 'search',
        arguments: { text: 'tea' },
        _meta: toMcpMeta({ progressToken: 7 }),
      }),
  );
  expect(result['content']).toEqual([{ type: 'text', text: 'found tea' }]);
  const step = tracing.span('invoke_agent planner');
  const tool = tracing.span('execute_tool search');
  expect(tool.parentSpanContext?.spanId).toBe(step.spanContext().spanId);
  expect(received).toMatchObject([
    {
      meta: {
        progressToken: 7,
        traceparent: `00-0af7651916cd43dd8448eb211c80319c-${step.spanContext().spanId}-01`,
        tracestate: 'vendor=1',
        baggage: 'tenant=a',
      },
      fields: { trace_id: '0af7651916cd43dd8448eb211c80319c', tool: 'search' },
      tenant: 'a',
    },
  ]);
});

test('without a context nothing is passed on; without OpenTelemetry the context is', async () => {
  expect(toMcpMeta({ progressToken: 7 })).toEqual({ progressToken: 7 });
  await tracing.close();
  onTestFinished(() => {
    tracing = startTracing();
  });
  const incoming = { ...carrierOf('c'.repeat(32)), baggage: 'tenant=a' };
  const meta = runWithContext(LogContext.fromCarrier(incoming), () => toMcpMeta());
  expect(meta.traceparent).toContain('c'.repeat(32));
  expect(meta.baggage).toBe('tenant=a');
  expect(fromMcpMeta(meta).traceId).toBe('c'.repeat(32));
});

const carrierOf = (traceId: string) => ({ traceparent: `00-${traceId}-${'1'.repeat(16)}-01` });

test('members that cannot be read are left out of a `_meta`, and the others and the trace stay', () => {
  const incoming = LogContext.fromCarrier(carrierOf('e'.repeat(32)));
  runWithContext(incoming, () => {
    for (const { value } of hostileValues()) {
      const trace = toMcpMeta(value as object).traceparent;
      expect(trace).toContain('e'.repeat(32));
    }
    const meta = {
      progressToken: 7,
      get bad(): string {
        throw new Error('no');
      },
    };
    expect(Object.keys(toMcpMeta(meta))).toEqual(['progressToken', 'traceparent']);
  });
});

test('a hostile `_meta` gives a new trace and throws nothing', async () => {
  const values = hostileValues().flatMap(({ value }) => [
    value,
    { traceparent: value, tracestate: value, baggage: value },
  ]);
  const odd = [
    { ...carrierOf('0'.repeat(32)), context: { agent_id: 'root' } },
    { ...carrierOf('d'.repeat(32)), baggage: 'x'.repeat(10_000), tracestate: '='.repeat(600) },
    { ...carrierOf('d'.repeat(32)), baggage: 'a=1\r\nx: y', context: { agent_id: 'root' } },
  ];
  const cyclic: Record<string, unknown> = {};
  Object.assign(cyclic, { traceparent: cyclic, baggage: cyclic });
  const long = 'a=1,'.repeat(1e6);
  const huge = { traceparent: '00-'.repeat(1e6), tracestate: long, baggage: long };
  for (const meta of [...values, ...odd, cyclic, huge]) {
    const context = fromMcpMeta(meta);
    expect(context.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(context.fields)).toEqual(['trace_id']);
    expect(context.toCarrier().baggage).toBeUndefined();
  }
  // Through the protocol, which lets any JSON pass.
  const _meta = { traceparent: ['x'], baggage: { a: 1 }, tracestate: 7 };
  await client.callTool({ name: 'search', arguments: { text: 'tea' }, _meta });
  expect(tracing.span('execute_tool search').parentSpanContext).toBeUndefined();
});
