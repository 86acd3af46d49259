import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { defineSettings } from '../../src/define/define-settings.ts';
import { byteSize, duration, json, list } from '../../src/schema/builders.ts';

/** What loading one value says, without the variable's name and source. */
function said(schema: Parameters<typeof list>[0] | object, text: string): string {
  const { loadSettings } = defineSettings({ V: schema as never }, { stock: false });
  try {
    return `loads ${JSON.stringify(loadSettings({ env: { V: text }, envFiles: [] })['V'])}`;
  } catch (error) {
    return (error as Error).message.replace(/^1 setting is wrong:\n- /, '');
  }
}

describe('each keyword has its own words', () => {
  test.each([
    [duration({ minimum: 1000 }), '5ms', 'V (environment): expected at least 1s, got 5ms'],
    [byteSize({ maximum: 2_000_000 }), '3MB', 'V (environment): expected at most 2MB, got 3MB'],
    [Type.Number({ exclusiveMinimum: 0 }), '0', 'V (environment): expected more than 0, got 0'],
    [Type.Number({ exclusiveMaximum: 1 }), '1', 'V (environment): expected less than 1, got 1'],
    [Type.String({ minLength: 1 }), '', 'V (environment): expected a non-empty string, got ""'],
    [
      Type.String({ minLength: 3 }),
      'ab',
      'V (environment): expected at least 3 characters, got "ab"',
    ],
    [
      Type.String({ maxLength: 1 }),
      'ab',
      'V (environment): expected at most 1 characters, got "ab"',
    ],
    [
      Type.String({ pattern: '^a$' }),
      'b',
      'V (environment): expected a string matching /^a$/, got "b"',
    ],
    [list(undefined, { minItems: 1 }), '', 'V (environment): expected at least 1 item'],
    [list(undefined, { maxItems: 1 }), 'a,b', 'V (environment): expected at most 1 item'],
    [json(Type.Object({ a: Type.String() })), '{}', 'V.a (environment): is required'],
    [
      json(Type.Object({ a: Type.Array(Type.Integer()) })),
      '{"a":[1,true]}',
      'V.a.1 (environment): expected integer, got true',
    ],
    [
      json(Type.Object({ level: Type.Union([Type.Literal('x'), Type.Literal('y')]) })),
      '{"level":"z"}',
      'V.level (environment): expected one of x, y, got "z"',
    ],
  ])('%#', (schema, text, message) => {
    expect(said(schema, text)).toBe(message);
  });
});

describe('formats', () => {
  test.each([
    ['date', '2024-02-29', '2023-02-29'],
    ['date-time', '2024-02-29T12:00:00Z', '2024-02-30T12:00:00Z'],
    ['email', 'a@b.example', 'a@b'],
    ['hostname', 'a-b.example', '-a.example'],
    ['ipv4', '127.0.0.1', '256.0.0.1'],
    ['ipv6', '::1', ':::1'],
    ['uri', 'redis://h', 'h'],
    ['uuid', '123e4567-e89b-12d3-a456-426614174000', '123e4567'],
  ])('%s takes %s, not %s', (format, good, bad) => {
    expect(said(Type.String({ format }), good)).toBe(`loads ${JSON.stringify(good)}`);
    expect(said(Type.String({ format }), bad)).toContain(`a string of the format ${format}`);
  });
});

test('surrogate pairs count as one character, as JSON Schema wants', () => {
  expect(said(Type.String({ minLength: 2 }), '😀')).toContain('at least 2 characters');
  expect(said(Type.String({ maxLength: 1 }), '😀')).toBe('loads "😀"');
});
