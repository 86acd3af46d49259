import type { CommandLine } from './arguments.ts';
import { loadDefinition } from './load-definition.ts';
import { type Output, paint, printable } from './output.ts';

/** Shows the settings as an application loads them, with secrets masked. */
export async function runPrint(line: CommandLine, output: Output): Promise<number> {
  const definition = await loadDefinition(line.settings);
  if (line.json) {
    output.print(JSON.stringify(definition.loadSettings(), null, 2));
    return 0;
  }
  // Throws if they are not valid: an application could not load them either.
  definition.loadSettings();
  let heading: string | undefined;
  for (const { name, value, group } of definition.explainSettings().settings) {
    if (group !== heading) {
      heading = group;
      output.print(paint(output, 'dim', `# ${group ?? 'Other'}`));
    }
    output.print(`${paint(output, 'strong', name)}=${printable(value ?? '')}`);
  }
  return 0;
}
