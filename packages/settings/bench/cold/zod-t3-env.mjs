import { report } from './report.mjs';
import { schemaOf } from './variables.mjs';

const start = performance.now();
const [{ createEnv }, { z }] = await Promise.all([import('@t3-oss/env-core'), import('zod')]);
const env = createEnv({
  server: schemaOf({
    text: () => z.string().min(1),
    integer: () => z.coerce.number().int().min(0),
    boolean: () => z.stringbool(),
    choice: (values) => z.enum(values),
    port: () => z.coerce.number().int().min(0).max(65_535),
    url: () => z.url(),
  }),
  runtimeEnv: process.env,
});
report(start, env);
