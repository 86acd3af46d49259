import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { interfaceReport } from './interface-report.ts';
import { publicPackages } from './packages.ts';
import { Tally } from './tally.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const reports = fileURLToPath(new URL('../interfaces/', import.meta.url));
const tally = new Tally();

for (const { folder, manifest } of publicPackages()) {
  const file = `${reports}${manifest.name.replace(/^@map\//, '')}.txt`;
  const report = interfaceReport(folder, manifest);
  if (values.write) {
    mkdirSync(reports, { recursive: true });
    writeFileSync(file, report);
  }
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  tally.add({
    name: `${manifest.name} offers the interface that is written down`,
    ok: report === committed,
    detail: `${firstDifference(committed, report)}\nIf it was meant: pnpm interfaces --write, and commit the report.`,
  });
}
tally.conclude();

function firstDifference(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const line = now.findIndex((text, index) => text !== old[index]);
  const at = line < 0 ? now.length : line;
  return [`line ${at + 1}`, `- ${old[at] ?? ''}`, `+ ${now[at] ?? ''}`].join('\n');
}
