import { readFileSync, writeFileSync } from 'node:fs';
import { type CodeInfo, ErrorCode, findCodeInfo } from '../src/index.ts';
import { CODE_NOTES } from './code-notes.ts';

/** Where the page of the error codes belongs. */
export const PAGE = new URL('../../../docs/errors.md', import.meta.url);

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8').trim();

/** Writes the page of the error codes from the table, the notes and the text around them. */
export function renderPage(): string {
  const intro = text('errors-page.md').replace('<!-- performance -->', text('performance.md'));
  const sections: string[] = [intro];
  let category = '';
  for (const code of Object.values(ErrorCode)) {
    const info = findCodeInfo(code) as CodeInfo;
    if (info.category !== category) {
      category = info.category;
      sections.push(`### ${titleOf(category)}`);
    }
    sections.push(section(code, info));
  }
  return `${sections.join('\n\n')}\n`;
}

function section(code: ErrorCode, info: CodeInfo): string {
  const [meaning, causes, remedy] = CODE_NOTES[code];
  const facts = [`HTTP ${info.httpStatus}`, `gRPC ${info.grpcCode}`, `retry: ${info.retry}`];
  if (info.failover) facts.push('another provider may answer');
  return [
    `#### ${code}`,
    `${meaning} (${facts.join(' · ')})`,
    `- **Likely causes:** ${causes}\n- **What to do:** ${remedy}\n- **For end users:** “${info.userMessage}”`,
  ].join('\n\n');
}

function titleOf(category: string): string {
  if (category === 'api' || category === 'llm') return category.toUpperCase();
  return category.charAt(0).toUpperCase() + category.slice(1);
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, renderPage());
