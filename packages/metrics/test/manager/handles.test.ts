import { expect, test } from 'vitest';
import { CATALOGUE, type MetricDefinition } from '../../src/index.ts';
import * as handles from '../../src/manager/handles.ts';

/** `agent_memory_size_bytes` → `MEMORY_SIZE`: the unit and what MAP is about are left out. */
function constantOf(name: string): string {
  const base = name
    .replace(/(_usd)?_total$|_seconds$|_bytes$/, '')
    .replace('agent_memory', 'memory')
    .replace('created_connections', 'created');
  return base.toUpperCase();
}

test('each metric of the catalogue has one constant, named after it', () => {
  const { self: _self, ...categories } = CATALOGUE;
  const definitions = Object.values(categories).flatMap((entries) =>
    Object.values<MetricDefinition>(entries),
  );
  const found = Object.entries(handles).map(([constant, { name }]) => [constant, name]);
  expect(found.sort()).toEqual(definitions.map(({ name }) => [constantOf(name), name]).sort());
});

test('a constant has the members of its metric before it is used', () => {
  expect(handles.LLM_REQUEST_DURATION).toMatchObject({
    name: 'llm_request_duration_seconds',
    type: 'histogram',
    labelNames: ['provider', 'model', 'operation', 'status'],
    help: CATALOGUE.llm.duration.help,
  });
});
