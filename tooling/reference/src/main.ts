import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildReference } from './reference.ts';
import { serve } from './serve.ts';

const help = `run docs builds the API reference into docs/api and serves it on the loopback interface.

  --port N    the port; a free one by default
  --no-serve  only build it
`;

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    serve: { type: 'boolean', default: true },
    port: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const port = Number(options.port);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    process.stderr.write(`\`--port\` must be an integer from 0 to 65535, got ${options.port}.\n`);
    return 1;
  }
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const out = fileURLToPath(new URL('../../../docs/api/', import.meta.url));
  const complaints = await buildReference(root, out);
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.stdout.write(`The API reference is in docs/api, with ${complaints.length} complaints.\n`);
  if (options.serve) {
    const { url } = await serve(out, port);
    process.stdout.write(`It is served at ${url} until this process ends.\n`);
  }
  return complaints.length > 0 ? 1 : 0;
}

process.exitCode = await main();
