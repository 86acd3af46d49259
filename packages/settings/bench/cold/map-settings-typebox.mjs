import { report } from './report.mjs';
import { schemaOf } from './variables.mjs';

const start = performance.now();
const [{ defineSettings }, { Type }] = await Promise.all([
  import('../../dist/index.js'),
  import('@sinclair/typebox'),
]);
const { getSettings } = defineSettings(
  schemaOf({
    text: () => Type.String({ minLength: 1 }),
    integer: () => Type.Integer({ minimum: 0 }),
    boolean: () => Type.Boolean(),
    choice: (values) => Type.Union(values.map((value) => Type.Literal(value))),
    port: () => Type.Integer({ minimum: 0, maximum: 65_535 }),
    url: () => Type.String({ pattern: '^https?://' }),
  }),
  { stock: false },
);
report(start, getSettings());
