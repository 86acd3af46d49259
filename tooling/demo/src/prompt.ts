import type { Chunk } from './chunk.ts';
import type { Message } from './completion.ts';

const FORM =
  'Answer with two short sentences. Then a last line: "Keywords:" and up to five words, ' +
  'separated by commas.';

/** Asks what a chunk says. */
export function chunkPrompt({ document, headings, text }: Chunk): Message[] {
  const place = headings.length === 0 ? document : `${document}, under "${headings.join(' > ')}"`;
  return [
    { role: 'system', content: `You index technical documents. ${FORM}` },
    { role: 'user', content: `From ${place}:\n\n${text}` },
  ];
}

/** Asks what a document says, from what its chunks say. */
export function editPrompt(document: string, summaries: readonly string[]): Message[] {
  return [
    { role: 'system', content: `You are the editor of a documentation. ${FORM}` },
    { role: 'user', content: `Summaries of the parts of ${document}:\n\n${summaries.join('\n')}` },
  ];
}
