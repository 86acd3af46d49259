// Only the imports, all at once, of the libraries that the five packages stand on.
import { report } from './report.mjs';

await Promise.all([
  import('winston'),
  import('redis'),
  import('got'),
  import('prom-client'),
  import('env-schema'),
  import('@sinclair/typebox'),
]);
await report();
