import { report } from './report.mjs';
import { schemaOf } from './variables.mjs';

const start = performance.now();
const { bool, cleanEnv, num, port, str, url } = await import('envalid');
const env = cleanEnv(
  process.env,
  schemaOf({
    text: () => str(),
    integer: () => num(),
    boolean: () => bool(),
    choice: (choices) => str({ choices }),
    port: () => port(),
    url: () => url(),
  }),
);
report(start, env);
