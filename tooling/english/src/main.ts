import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findings } from './findings.ts';
import { proseOfPage, proseOfSource } from './prose.ts';

// Checks the English of a repository's sources and pages: node main.ts [root].
const root = resolve(process.argv[2] ?? '.');
const sources = globSync(
  '{packages,tooling}/*/{src,test,bench,scripts}/**/*.{ts,mts,cts,mjs,cjs}',
  {
    cwd: root,
    // Its tests are about such phrases.
    exclude: ['**/node_modules/**', 'tooling/english/test/**'],
  },
);
const pages = globSync(
  ['*.md', 'docs/**/*.md', '.changeset/*.md', '{packages,tooling}/*/README.md'],
  { cwd: root },
);
let count = 0;
for (const file of [...sources, ...pages].sort()) {
  const content = readFileSync(join(root, file), 'utf8');
  const found = file.endsWith('.md') ? proseOfPage(content) : proseOfSource(file, content);
  // A test has messages of other programs, which it must not change.
  const prose = /\/test\//.test(file)
    ? found.map((piece) => ({ ...piece, kind: 'text' as const }))
    : found;
  for (const { line, message } of findings(prose)) {
    process.stdout.write(`${file}:${line} ${message}\n`);
    count += 1;
  }
}
process.stdout.write(`${sources.length + pages.length} files, ${count} findings\n`);
if (count > 0) process.exitCode = 1;
