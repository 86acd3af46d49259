import { toErrorText } from '../support/error-text.ts';
import { type CommandLine, helpText, parseCommandLine } from './arguments.ts';
import { type Output, paint, printable } from './output.ts';

/** Exit code for wrong usage. */
const USAGE = 2;

/**
 * Runs one command of `map-config`; never throws.
 *
 * @param words The command line without the program's name.
 * @param output Where to write.
 * @returns The exit code: 0 success, 1 a problem was found, 2 wrong usage.
 */
export async function runCommandLine(words: readonly string[], output: Output): Promise<number> {
  let line: CommandLine;
  try {
    line = parseCommandLine(words);
  } catch (error) {
    output.complain(paint(output, 'bad', printable((error as Error).message)));
    return USAGE;
  }
  try {
    return await runCommand(line, output);
  } catch (error) {
    const lines = toErrorText(error).split('\n').map(printable);
    output.complain(paint(output, 'bad', lines.join('\n')));
    return 1;
  }
}

/** Runs a command; each one loads only what it needs. */
async function runCommand(line: CommandLine, output: Output): Promise<number> {
  switch (line.command) {
    case 'help':
      output.print(helpText());
      return 0;
    case 'version':
      return (await import('./version.ts')).runVersion(output);
    case 'check':
      return (await import('./check.ts')).runCheck(line, output);
    case 'print':
      return (await import('./print.ts')).runPrint(line, output);
    case 'explain':
      return (await import('./explain.ts')).runExplain(line, output);
    case 'docs':
    case 'env-example':
    case 'json-schema':
      return (await import('./generate.ts')).runGenerate(line, output);
    case 'doctor':
      return (await import('./doctor.ts')).runDoctor(line, output);
    case 'dashboards':
    case 'alerts':
      return (await import('./monitoring.ts')).runMonitoring(line, output);
    case 'codes':
      return (await import('./codes.ts')).runCodes(line, output);
  }
}
