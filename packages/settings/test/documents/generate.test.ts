import { Type } from '@sinclair/typebox';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { defineSettings } from '../../src/define/define-settings.ts';
import { loadSettings } from '../../src/define/get-settings.ts';
import {
  formatDotenv,
  generateEnvExample,
  generateJsonSchema,
  generateMarkdown,
} from '../../src/generate.ts';
import { integer, json, list, oneOf, secret, string, url } from '../../src/schema/builders.ts';
import { optional } from '../../src/schema/setting.ts';
import { stockProperties } from '../../src/stock/properties.ts';
import { folder } from '../temporary-folder.ts';

const app = defineSettings(
  {
    DATABASE_URL: url({
      schemes: ['postgres'],
      description: 'Main database.',
      example: 'postgres://db.example/app',
      group: 'Storage',
    }),
    POOL_SIZE: integer({ minimum: 1, maximum: 50, default: 5, group: 'Storage' }),
    SESSION_KEY: secret({ default: 'hunter2', description: 'Signs | sessions.' }),
    MODE: oneOf(['fast', 'safe'], { default: 'safe', spellings: { quick: 'fast' } }),
    TAGS: optional(list(string())),
    TREE: optional(json(Type.Object({ leaf: Type.Integer() }))),
  },
  {
    stock: false,
    required: { production: ['SESSION_KEY'] },
    aliases: { DATABASE_URL: ['PG_URL'] },
    deprecated: { DB: 'DATABASE_URL' },
  },
);

test('Markdown has a table for each group, with everything that holds for a variable', () => {
  expect(generateMarkdown(app)).toBe(`## Storage

| Variable | Takes | Default | Meaning |
| --- | --- | --- | --- |
| \`DATABASE_URL\` | URL (postgres) |  | Main database. Required. Also read from PG_URL. Formerly DB. Example: \`postgres://db.example/app\`. |
| \`POOL_SIZE\` | integer, 1 to 50 | \`5\` |  |

## Other

| Variable | Takes | Default | Meaning |
| --- | --- | --- | --- |
| \`SESSION_KEY\` | secret |  | Signs \\| sessions. Required in production. |
| \`MODE\` | fast \\| safe | \`safe\` |  |
| \`TAGS\` | list of strings |  |  |
| \`TREE\` | JSON |  |  |
`);
});

describe('.env.example', () => {
  test('required variables are set, the others are comments', () => {
    const text = generateEnvExample(app);
    expect(text).toContain('DATABASE_URL=postgres://db.example/app\n');
    expect(text).toContain('\n# POOL_SIZE=5\n');
    expect(text).not.toContain('hunter2');
    const settings = app.loadSettings({ env: {}, directory: folder({ '.env': text }) });
    expect(settings).toMatchObject({ DATABASE_URL: 'postgres://db.example/app', POOL_SIZE: 5 });
  });

  test('every stock example loads when it is uncommented', () => {
    const text = generateEnvExample().replaceAll(/^# ([A-Z_]+=)/gm, '$1');
    const directory = folder({ '.env': text });
    const overrides = { REDIS_NODES: ['h:1'], DEFAULT_MODEL: 'gpt-4' };
    const settings = loadSettings({ env: {}, directory, overrides });
    expect(settings).toMatchObject({ METRICS_PORT: 9464, LOG_FILE_MAX_SIZE: 10_000_000 });
    for (const name of Object.keys(stockProperties)) expect(settings, name).toHaveProperty(name);
  });
});

describe('JSON Schema', () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
    generateJsonSchema(app),
  );
  test.each([
    [{ DATABASE_URL: 'postgres://h/d' }],
    [{ DATABASE_URL: 'postgres://h/d', POOL_SIZE: '7', MODE: 'quick', TAGS: 'a,b', TREE: '{}' }],
    [{ DATABASE_URL: 'postgres://h/d', POOL_SIZE: 7, TAGS: ['a'], TREE: { leaf: '3' } }],
    [{ DATABASE_URL: 'postgres://h/d', SESSION_KEY_FILE: '/run/key', TREE__LEAF: '3' }],
  ])('takes %j', (document) => {
    expect(validate(document)).toBe(true);
  });
  test.each([
    [{}],
    [{ DATABASE_URL: 'http://h' }],
    [{ DATABASE_URL: 'postgres://h', POOL_SIZE: 99 }],
    [{ DATABASE_URL: 'postgres://h', POOL_SIZE: 'many' }],
    [{ DATABASE_URL: 'postgres://h', MODE: 'slow' }],
    [{ DATABASE_URL: 'postgres://h', POOL_SZE: 1 }],
  ])('refuses %j', (document) => {
    expect(validate(document)).toBe(false);
  });
  test('is JSON and holds no secret default', () => {
    const schema = generateJsonSchema(app);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(JSON.stringify(schema)).not.toContain('hunter2');
    expect(JSON.stringify(schema)).not.toContain('x-setting');
  });
  test('takes the stock examples', () => {
    const stock = new Ajv({ strict: true, allowUnionTypes: true }).compile(generateJsonSchema());
    const examples = Object.entries(stockProperties).map(([name, schema]) => [
      name,
      (schema['examples'] as string[])[0],
    ]);
    expect(stock(Object.fromEntries(examples)), JSON.stringify(stock.errors)).toBe(true);
  });
});

test('no document shows a secret in a default, wherever it stands', () => {
  const hidden = defineSettings(
    {
      A: url({ default: 'https://u:hunter2@h' }),
      B: json(Type.Object({ key: secret() }), { default: { key: 'hunter2' } as never }),
      C: list(secret(), { default: ['hunter2'] as never }),
    },
    { stock: false },
  );
  const shown = [generateMarkdown(hidden), generateEnvExample(hidden)].join();
  expect(shown + JSON.stringify(generateJsonSchema(hidden))).not.toContain('hunter2');
});

test('formatDotenv refuses what no .env file can hold', () => {
  expect(formatDotenv({ A: "it's #1" })).toBe("A=`it's #1`\n");
  expect(() => formatDotenv({ A: `'"\`` })).toThrow('Use A_FILE instead');
  expect(() => formatDotenv({ A: 'a\rb' })).toThrow('A contains a carriage return');
  for (const name of ['A B', 'A\nB', '', '__proto__']) {
    expect(() => formatDotenv({ [name]: 'x' })).toThrow(
      'must be an object with variable names as keys',
    );
  }
});
