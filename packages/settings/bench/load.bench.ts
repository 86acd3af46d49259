import { createRequire } from 'node:module';
import { type Bench, defineBench } from '@map-tooling/bench';
import { Type } from '@sinclair/typebox';
import { createEnv } from '@t3-oss/env-core';
import envSchema from 'env-schema';
import { bool, cleanEnv, port as envalidPort, url as envalidUrl, num, str } from 'envalid';
import { z } from 'zod';
import {
  boolean,
  defineSettings,
  getSettings,
  integer,
  oneOf,
  port,
  string,
  url,
} from '../src/index.ts';
import { ENVIRONMENT, schemaOf, VARIABLES } from './cold/variables.mjs';

const ours = defineSettings(
  schemaOf({
    text: () => string({ minLength: 1 }),
    integer: () => integer({ minimum: 0 }),
    boolean: () => boolean(),
    choice: (values) => oneOf(values),
    port: () => port(),
    url: () => url(),
  }) as Record<string, ReturnType<typeof string>>,
  { stock: false },
);

const typebox = Type.Object(
  schemaOf({
    text: () => Type.String({ minLength: 1 }),
    integer: () => Type.Integer({ minimum: 0 }),
    boolean: () => Type.Boolean(),
    choice: (values) => Type.Union(values.map((value) => Type.Literal(value))),
    port: () => Type.Integer({ minimum: 0, maximum: 65_535 }),
    url: () => Type.String({ pattern: '^https?://' }),
  }),
);

const zodServer = schemaOf({
  text: () => z.string().min(1),
  integer: () => z.coerce.number().int().min(0),
  boolean: () => z.stringbool(),
  choice: (values) => z.enum(values),
  port: () => z.coerce.number().int().min(0).max(65_535),
  url: () => z.url(),
}) as Record<string, z.ZodType>;

const envalidSpec = schemaOf({
  text: () => str(),
  integer: () => num(),
  boolean: () => bool(),
  choice: (choices) => str({ choices }),
  port: () => envalidPort(),
  url: () => envalidUrl(),
});

// It has no types.
type Convict = (
  schema: object,
  options: object,
) => { validate(options: object): { getProperties(): object } };
const convict = createRequire(import.meta.url)('convict') as Convict;

const isUrl = (value: string): void => {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) throw new Error('must be a URL');
};
const convictSchema = schemaOf({
  text: (_, env) => ({ format: String, default: '', env }),
  integer: (_, env) => ({ format: 'nat', default: 0, env }),
  boolean: (_, env) => ({ format: Boolean, default: false, env }),
  choice: (values, env) => ({ format: values, default: values[0], env }),
  port: (_, env) => ({ format: 'port', default: 0, env }),
  url: (_, env) => ({ format: isUrl, default: 'http://x', env }),
});

function sameWork(outputs: Record<string, unknown>): void {
  const [reference, ...others] = Object.values(outputs) as Record<string, unknown>[];
  for (const [name] of VARIABLES) {
    for (const other of others) {
      if (other[name] !== reference?.[name]) throw new Error(`${name} differs`);
    }
  }
}

export default [
  defineBench({
    name: 'load',
    title: 'Load forty variables again',
    verify: sameWork,
    contenders: {
      '@map/settings': () => ours.loadSettings({ env: ENVIRONMENT, envFiles: [] }),
      'zod + @t3-oss/env-core': () => createEnv({ server: zodServer, runtimeEnv: ENVIRONMENT }),
      'env-schema + typebox': () => envSchema({ schema: typebox, env: false, data: ENVIRONMENT }),
      envalid: () => ({ ...cleanEnv(ENVIRONMENT, envalidSpec) }),
      convict: () =>
        convict(convictSchema, { env: ENVIRONMENT, args: [] })
          .validate({ allowed: 'strict' })
          .getProperties(),
    },
  }),
  defineBench({
    name: 'cached',
    title: 'getSettings() once loaded',
    goals: [{ atMost: 10 }],
    contenders: { '@map/settings': () => getSettings() },
  }),
] as Bench[];
