import type { TSchema } from '@sinclair/typebox';
import { loadEnvSchema } from '#env-schema';
import { ANNOTATION, isOptional, TYPEBOX_KIND } from '../schema/setting.ts';
import { define } from '../values/freeze.ts';
import { accepts } from './accepts.ts';
import { formats } from './formats.ts';

/** One finding of the validator, as ajv reports it. */
export interface Finding {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

type Data = Record<string, unknown>;

/** Validates the coerced values of one set of variables. */
export class Validator {
  readonly #properties: Readonly<Record<string, TSchema>>;
  #schema: object | undefined;

  constructor(properties: Readonly<Record<string, TSchema>>) {
    this.#properties = properties;
  }

  /**
   * Finds the problems of the values, and fills in defaults inside structures.
   * @throws Error if a schema itself cannot be used.
   */
  findings(data: Data): readonly Finding[] {
    const unsure = Object.keys(this.#properties).filter((name) => !this.#accepts(name, data));
    return unsure.length === 0 ? [] : this.#validate(data, unsure);
  }

  #accepts(name: string, data: Data): boolean {
    const schema = this.#properties[name] as TSchema;
    return Object.hasOwn(data, name) ? accepts(schema, data[name]) : isOptional(schema);
  }

  #validate(data: Data, unsure: readonly string[]): readonly Finding[] {
    // Always the same object: ajv caches compiled schemas by identity.
    this.#schema ??= objectSchema(this.#properties);
    try {
      const valid = runEnvSchema(this.#schema, data);
      // Not all names of `valid`: a variable with a problem is absent from `data`, and would get its default.
      for (const name of Object.keys(data)) define(data, name, valid[name]);
      return [];
    } catch (error) {
      const findings = (error as { errors?: unknown }).errors;
      if (Array.isArray(findings)) return findings as Finding[];
      if (error instanceof MissingEnvSchema) return unsure.map(unprovenFinding);
      throw error;
    }
  }
}

/** The TypeBox object schema of some variables. */
export function objectSchema(properties: Readonly<Record<string, TSchema>>): TSchema {
  const required = Object.keys(properties).filter((name) => {
    const schema = properties[name];
    return schema !== undefined && !isOptional(schema);
  });
  const schema = {
    [TYPEBOX_KIND]: 'Object',
    type: 'object',
    properties: { ...properties },
    ...(required.length === 0 ? {} : { required }),
  };
  return schema as unknown as TSchema;
}

/** In a bundle that neither contains env-schema nor leaves it external. */
class MissingEnvSchema extends Error {}

function unprovenFinding(name: string): Finding {
  const message = 'for details keep env-schema external in the bundle';
  return { instancePath: `/${name}`, keyword: 'unproven', params: {}, message };
}

let ajv: object | undefined;

/** Validates clean data with env-schema, which fills in defaults inside structures. */
function runEnvSchema(schema: object, data: Data): Data {
  const load = envSchema();
  const own = ajv ?? {
    customOptions(instance: object): object {
      // env-schema ignores an instance of another copy of ajv: use its own constructor.
      ajv = new (instance.constructor as new (options: object) => object)({
        strict: true,
        allErrors: true,
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: true,
        allowUnionTypes: true,
        addUsedSchema: false,
        keywords: [ANNOTATION],
        formats,
      });
      return ajv;
    },
  };
  return load<Data>({ schema, data, env: false, dotenv: false, ajv: own as never });
}

function envSchema(): ReturnType<typeof loadEnvSchema> {
  try {
    return loadEnvSchema();
  } catch (error) {
    throw new MissingEnvSchema('env-schema cannot be loaded', { cause: error });
  }
}
