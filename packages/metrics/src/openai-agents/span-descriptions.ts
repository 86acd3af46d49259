import type { SpanAttributes, SpanOptions } from '@map/redaction/kernel';
import type { Loose } from '../llm/usage/loose.ts';

const DESCRIPTIONS: Readonly<Record<string, (data: Loose) => SpanOptions>> = {
  task: ({ name }) => internal('invoke_workflow', name, 'gen_ai.workflow.name'),
  agent: ({ name }) => internal('invoke_agent', name, 'gen_ai.agent.name'),
  function: ({ name }) =>
    internal('execute_tool', name, 'gen_ai.tool.name', { 'gen_ai.tool.type': 'function' }),
  turn: ({ turn }) => ({
    name: 'step',
    kind: 'internal',
    attributes: { 'map.step.number': typeof turn === 'number' ? turn : undefined },
  }),
};

/** The description of the span of a unit; undefined for a kind that has none. */
export function describe(data: Loose): (() => SpanOptions) | undefined {
  const of = DESCRIPTIONS[String(data['type'])];
  return of && (() => of(data));
}

function internal(
  operation: string,
  given: unknown,
  attribute: string,
  more: SpanAttributes = {},
): SpanOptions {
  const name = typeof given === 'string' ? given : '';
  return {
    name: `${operation} ${name}`.trimEnd(),
    kind: 'internal',
    attributes: { 'gen_ai.operation.name': operation, [attribute]: name || undefined, ...more },
  };
}
