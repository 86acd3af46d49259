import type { CommandLine } from './arguments.ts';
import { loadDefinition } from './load-definition.ts';
import type { Output } from './output.ts';

/** Prints a document generated from the schemas: the reference, `.env.example`, or the JSON Schema. */
export async function runGenerate(line: CommandLine, output: Output): Promise<number> {
  const definition = await loadDefinition(line.settings);
  const { generateEnvExample, generateJsonSchema, generateMarkdown } = await import(
    '@map/settings/generate'
  );
  const { command } = line;
  if (command === 'json-schema') {
    output.print(JSON.stringify(generateJsonSchema(definition), null, 2));
    return 0;
  }
  const text = command === 'docs' ? generateMarkdown(definition) : generateEnvExample(definition);
  output.print(line.json ? JSON.stringify({ text }, null, 2) : text.trimEnd());
  return 0;
}
