import { inspect } from 'node:util';
import { ConfigurationError } from '@map/errors';
import { Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineSettings } from '../src/define/define-settings.ts';
import { explainSettings, loadSettings } from '../src/define/get-settings.ts';
import { formatDotenv } from '../src/documents/format-dotenv.ts';
import {
  boolean,
  byteSize,
  duration,
  integer,
  list,
  oneOf,
  record,
  string,
} from '../src/schema/builders.ts';
import { formatValue } from '../src/schema/format-value.ts';
import { parseDotenv } from '../src/sources/dotenv.ts';
import { stockProperties } from '../src/stock/properties.ts';
import { accepts } from '../src/validate/accepts.ts';
import { folder } from './temporary-folder.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/).filter((n) => n !== '__proto__');
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.stringMatching(/^[ \t\n#"'`=\\${}a-z]{0,20}$/),
);
const names = Object.keys(stockProperties);
const values = fc.oneof(
  anyText,
  fc.constantFrom(
    '',
    ' ',
    '1',
    'true',
    '30s',
    '10MB',
    '[1]',
    '{"a":1}',
    '{"openai":{"timeout":1}}',
  ),
  fc.constantFrom('redis://h', 'http://a', '-1', '1e999', '__proto__=1', '{"__proto__":{"a":1}}'),
);
const envNames = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom(...names).map((n) => `${n}_FILE`),
  fc.constantFrom('LLM_PROVIDERS_CONFIG__A__API_KEY', 'LLM_PROVIDERS_CONFIG__A', 'A_API_KEY'),
  fc.constantFrom(
    'LLM_PROVIDERS_CONFIG____',
    'LOG_LEVELS__X',
    '__proto__',
    'constructor',
    'toString',
  ),
);

test('a formatted .env text reads back as the same values', () => {
  fc.assert(
    fc.property(fc.dictionary(name, anyText, { maxKeys: 5 }), (wanted) => {
      let text: string;
      try {
        text = formatDotenv(wanted);
      } catch (error) {
        // Only what no .env file can hold is refused.
        expect(error).toBeInstanceOf(ConfigurationError);
        const all = Object.values(wanted);
        expect(all.some((v) => /[\r\0]/.test(v) || /'/.test(v))).toBe(true);
        return;
      }
      const { entries, faults } = parseDotenv(text);
      expect(faults).toEqual([]);
      expect([...entries.keys()]).toEqual(Object.keys(wanted));
    }),
  );
});

test('and loads as the same values, with references and all', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      let text: string;
      try {
        text = formatDotenv({ A: a, B: b });
      } catch {
        return;
      }
      const app = defineSettings({ A: string(), B: string() }, { stock: false });
      const directory = folder({ '.env': text });
      expect({ ...app.loadSettings({ env: {}, directory }) }).toEqual({ A: a, B: b });
    }),
    { numRuns: 60 },
  );
});

test('a formatted value loads as the same value', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const app = defineSettings(
    {
      D: duration(),
      S: byteSize(),
      N: integer(),
      B: boolean(),
      L: list(),
      R: record(integer()),
      E: oneOf(['a', 'b']),
    },
    { stock: false },
  );
  const value = fc.record({
    D: fc.nat().map((n) => n / 4),
    S: fc.nat(),
    N: fc.integer(),
    B: fc.boolean(),
    L: fc.array(text, { maxLength: 4 }),
    R: fc.dictionary(fc.stringMatching(/^[^\n\r\u2028\u2029]{0,8}$/), fc.integer(), { maxKeys: 3 }),
    E: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(value, (wanted) => {
      const env: Record<string, string> = {};
      for (const [key, item] of Object.entries(wanted)) {
        env[key] = formatValue(app.properties[key] as never, item);
      }
      expect({ ...app.loadSettings({ env, envFiles: [] }) }).toEqual({
        ...wanted,
        R: { ...wanted.R },
      });
    }),
  );
});

describe('arbitrary sources', () => {
  const env = fc.dictionary(envNames, values, { maxKeys: 8 });
  test('give settings or a ConfigurationError, and never anything else', () => {
    fc.assert(
      fc.property(env, (given) => {
        try {
          const settings = loadSettings({ env: given, envFiles: [], onWarning: () => undefined });
          expect(Object.isFrozen(settings)).toBe(true);
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
        }
        explainSettings({ env: given, envFiles: [] });
      }),
      { numRuns: 150 },
    );
  });

  test('as a .env file too, whatever its bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(fc.oneof(anyText, fc.constantFrom(...names.map((n) => `${n}=`), '${', '\n')), {
          maxLength: 12,
        })
        .map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        const directory = folder({ '.env': content });
        try {
          loadSettings({ env: {}, directory, onWarning: () => undefined });
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
        }
      }),
      { numRuns: 100 },
    );
  });

  test('show no secret in any output', () => {
    const mark = 'S3CR3T-m4rk';
    const around = fc.tuple(anyText, anyText).map(([before, after]) => `${before}${mark}${after}`);
    const slot = fc.constantFrom(
      'OPENAI_API_KEY',
      'REDIS_PASSWORD',
      'REDIS_SENTINEL_PASSWORD',
      'LLM_PROVIDERS_CONFIG__A__API_KEY',
      'A_API_KEY',
      'LLM_PROVIDERS_CONFIG',
    );
    fc.assert(
      fc.property(env, slot, around, (given, key, secret) => {
        const options = { env: { ...given, [key]: secret }, envFiles: [] };
        const outputs: unknown[] = [];
        const onWarning = (warning: unknown): unknown => outputs.push(warning);
        try {
          outputs.push(loadSettings({ ...options, onWarning }));
        } catch (error) {
          outputs.push(error, (error as ConfigurationError).toJSON());
        }
        const explanation = explainSettings(options);
        const shown = [...outputs, explanation].flatMap((output) => [
          inspect(output, { depth: null, showHidden: true }),
          JSON.stringify(output),
          String(output),
        ]);
        for (const text of shown) expect(text).not.toContain(mark);
      }),
      { numRuns: 150 },
    );
  });
});

test('what the shortcut accepts, ajv accepts', () => {
  const ajv = new Ajv({ strict: false, allErrors: false });
  const limit = fc.integer({ min: 0, max: 4 });
  const schema = fc.oneof(
    fc
      .record({ minLength: limit, maxLength: limit }, { requiredKeys: [] })
      .map((o) => Type.String(o)),
    fc.constantFrom('^a', 'b+$', '.').map((pattern) => Type.String({ pattern })),
    fc.record({ minimum: limit, maximum: limit }, { requiredKeys: [] }).map((o) => Type.Integer(o)),
    fc.record({ minimum: limit }, { requiredKeys: [] }).map((o) => Type.Number(o)),
    fc.constant(Type.Union([Type.Literal('a'), Type.Literal(1), Type.Null()])),
  );
  const nested = fc.oneof(
    schema,
    fc
      .tuple(
        schema,
        fc.record({ minItems: limit, uniqueItems: fc.boolean() }, { requiredKeys: [] }),
      )
      .map(([items, o]) => Type.Array(items, o)),
    fc
      .tuple(schema, schema, fc.boolean())
      .map(([a, b, additionalProperties]) =>
        Type.Object({ a, b: Type.Optional(b) }, { additionalProperties }),
      ),
    schema.map((item) => Type.Record(Type.String(), item)),
  );
  const leaf = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom('a', 'ab', '😀'),
    fc.integer({ min: -1, max: 6 }),
    fc.double(),
    fc.constant(null),
  );
  const data = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '\n'), leaf),
  );
  let accepted = 0;
  fc.assert(
    fc.property(nested, data, (checked, value) => {
      if (!accepts(checked, value)) return;
      accepted++;
      expect(ajv.validate(checked, value)).toBe(true);
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(50);
});
