import { readFileSync, writeFileSync } from 'node:fs';
import { CODE_NOTES } from '../src/codes/code-notes.ts';
import { type CodeInfo, ErrorCode, findCodeInfo } from '../src/index.ts';

/** The generated page of the error codes. */
export const PAGE = new URL('../../../docs/error-codes.md', import.meta.url);

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8').trim();

/** Renders the page of the error codes from the table and the notes. */
export function renderPage(): string {
  const sections: string[] = [text('codes-page.md')];
  let category = '';
  for (const code of Object.values(ErrorCode)) {
    const info = findCodeInfo(code) as CodeInfo;
    if (info.category !== category) {
      category = info.category;
      sections.push(`## ${titleOf(category)}`);
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
    `### ${code}`,
    `${meaning} (${facts.join(' · ')})`,
    `- **Likely causes:** ${causes}\n- **What to do:** ${remedy}\n- **For end users:** “${info.userMessage}”`,
  ].join('\n\n');
}

function titleOf(category: string): string {
  if (category === 'api' || category === 'llm') return category.toUpperCase();
  return category.charAt(0).toUpperCase() + category.slice(1);
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, renderPage());
