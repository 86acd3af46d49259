import { report } from './report.mjs';
import { schemaOf } from './variables.mjs';

const start = performance.now();
const [{ default: envSchema }, { Type }] = await Promise.all([
  import('env-schema'),
  import('@sinclair/typebox'),
]);
const schema = Type.Object(
  schemaOf({
    text: () => Type.String({ minLength: 1 }),
    integer: () => Type.Integer({ minimum: 0 }),
    boolean: () => Type.Boolean(),
    choice: (values) => Type.Union(values.map((value) => Type.Literal(value))),
    port: () => Type.Integer({ minimum: 0, maximum: 65_535 }),
    url: () => Type.String({ pattern: '^https?://' }),
  }),
);
report(start, envSchema({ schema }));
