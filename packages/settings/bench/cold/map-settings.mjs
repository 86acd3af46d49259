import { report } from './report.mjs';
import { schemaOf } from './variables.mjs';

const start = performance.now();
const { boolean, defineSettings, integer, oneOf, port, string, url } = await import(
  '../../dist/index.js'
);
const { getSettings } = defineSettings(
  schemaOf({
    text: () => string({ minLength: 1 }),
    integer: () => integer({ minimum: 0 }),
    boolean: () => boolean(),
    choice: (values) => oneOf(values),
    port: () => port(),
    url: () => url(),
  }),
  { stock: false },
);
report(start, getSettings());
