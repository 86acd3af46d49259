import type { TSchema } from '@sinclair/typebox';
import type envSchema from 'env-schema';
import { ANNOTATION, isOptional, TYPEBOX_KIND } from '../schema/setting.ts';
import { packageRequire } from '../sources/built-ins.ts';
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

/** Judges the coerced values of one set of variables. */
export class Validator {
  readonly #properties: Readonly<Record<string, TSchema>>;
  #schema: object | undefined;

  constructor(properties: Readonly<Record<string, TSchema>>) {
    this.#properties = properties;
  }

  /**
   * Finds what is wrong with the values; defaults inside structures are filled in.
   * @throws Error when a schema itself is unusable.
   */
  findings(data: Data): readonly Finding[] {
    const sure = Object.entries(this.#properties).every(([name, schema]) =>
      Object.hasOwn(data, name) ? accepts(schema, data[name]) : isOptional(schema),
    );
    return sure ? [] : this.#validate(data);
  }

  #validate(data: Data): readonly Finding[] {
    // The same object each time: ajv compiles by identity.
    this.#schema ??= objectSchema(this.#properties);
    try {
      const valid = runEnvSchema(this.#schema, data);
      // A variable whose text was wrong is absent here, and must not look like its default.
      for (const name of Object.keys(data)) define(data, name, valid[name]);
      return [];
    } catch (error) {
      const findings = (error as { errors?: unknown }).errors;
      if (Array.isArray(findings)) return findings as Finding[];
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

let ajv: object | undefined;

/** Hands clean data to env-schema. It is loaded here because it costs a process about 90 ms. */
function runEnvSchema(schema: object, data: Data): Data {
  const load = packageRequire()('env-schema') as typeof envSchema;
  const own = ajv ?? {
    customOptions(instance: object): object {
      // Made by env-schema's own copy of ajv: an instance of another copy it ignores, silently.
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
