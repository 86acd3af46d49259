import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { expect, test } from 'vitest';
import { loadSettings } from '../../src/define/get-settings.ts';
import {
  boolean,
  duration,
  integer,
  json,
  list,
  number,
  oneOf,
  port,
  record,
  string,
} from '../../src/schema/builders.ts';
import { optional } from '../../src/schema/setting.ts';
import { stockProperties } from '../../src/stock/properties.ts';
import { objectSchema } from '../../src/validate/validator.ts';

/** A schema without this package's annotation, symbols included. */
function bare(schema: object): object {
  const { 'x-setting': _, ...rest } = schema as Record<string, unknown>;
  return rest;
}

test('builders make what TypeBox makes', () => {
  const literal = [Type.Literal('a'), Type.Literal('b')];
  const pairs: readonly (readonly [object, object])[] = [
    [string({ minLength: 1, description: 'x' }), Type.String({ minLength: 1, description: 'x' })],
    [integer({ minimum: 1, default: 2 }), Type.Integer({ minimum: 1, default: 2 })],
    [number(), Type.Number()],
    [boolean({ default: false }), Type.Boolean({ default: false })],
    [oneOf(['a', 'b']), Type.Union(literal)],
    [json(Type.Object({ a: Type.String() })), Type.Object({ a: Type.String() })],
    [optional(string()), Type.Optional(Type.String())],
  ];
  for (const [ours, theirs] of pairs) {
    expect(bare(ours)).toStrictEqual({ ...theirs });
    expect(Object.getOwnPropertySymbols(ours)).toEqual(
      expect.arrayContaining(Object.getOwnPropertySymbols(theirs)),
    );
  }
  expect(bare(list())).toStrictEqual({ ...Type.Array(Type.String()), items: string() });
  expect(bare(record())).toStrictEqual({
    ...Type.Record(Type.String(), Type.String()),
    patternProperties: { '^(.*)$': string() },
  });
});

test('TypeBox composes and checks them like its own', () => {
  const schema = Type.Partial(Type.Object({ A: integer(), B: list(oneOf(['x', 'y'])) }));
  expect(Value.Check(schema, { A: 1, B: ['x'] })).toBe(true);
  expect(Value.Check(schema, { A: 1.5 })).toBe(false);
  expect(Value.Check(schema, { B: ['z'] })).toBe(false);
});

test('TypeBox itself finds the loaded stock settings valid, apart from secrets', () => {
  const settings = JSON.parse(JSON.stringify(loadSettings({ env: {}, envFiles: [] })));
  delete settings.ENABLED_MODELS_SET;
  expect([...Value.Errors(objectSchema(stockProperties), settings)]).toEqual([]);
});

test('every stock variable has a description, an example and a group', () => {
  for (const [name, schema] of Object.entries(stockProperties)) {
    expect(schema['description'], name).toMatch(/\.$/);
    expect(schema['examples'], name).toHaveLength(1);
    expect(schema['x-setting'].group, name).toBeTypeOf('string');
  }
});

const wrong = (options: object): never => options as never;

test.each<[string, () => unknown]>([
  ['minimum', () => integer(wrong({ minimum: '5' }))],
  ['maximum', () => duration(wrong({ maximum: null }))],
  ['maximum', () => port(wrong({ maximum: Number.NaN }))],
  ['minLength', () => string(wrong({ minLength: [] }))],
  ['pattern', () => string(wrong({ pattern: /x/ }))],
  ['maxItems', () => list(string(), wrong({ maxItems: '5' }))],
  ['uniqueItems', () => list(string(), wrong({ uniqueItems: 'yes' }))],
])('%s of another kind is refused when the variable is defined', (option, define) => {
  expect(define).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID_3002',
      message: expect.stringContaining(`\`${option}\` of a setting of kind `),
    }),
  );
});
