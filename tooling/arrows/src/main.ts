import { resolve } from 'node:path';
import { folderCircles } from './folders.ts';
import { indexStatements } from './index-exports.ts';
import { privateMembers } from './private-members.ts';
import { packageSources } from './source.ts';

// Checks the sources of all packages of a repository: node main.ts [root].
const root = resolve(process.argv[2] ?? '.');
const packages = packageSources(root);
const findings = [...packages.values()].flatMap((sources) => [
  ...folderCircles(sources),
  ...sources.flatMap(privateMembers),
  ...sources.flatMap(indexStatements),
]);
for (const { file, line, message } of findings) {
  process.stdout.write(`${file}:${line} ${message}\n`);
}
const files = [...packages.values()].flat().length;
process.stdout.write(`${files} source files, ${findings.length} findings\n`);
if (findings.length > 0) process.exitCode = 1;
