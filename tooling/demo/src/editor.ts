import { type Agent, remember, type Workshop } from './agent.ts';
import { editPrompt } from './prompt.ts';
import type { TakenTask } from './queue.ts';
import { readReply } from './task.ts';

/** Makes the editor: it summarises a document from the answers to its chunks. */
export function editor(name: string, shop: Workshop): Agent {
  return { role: 'editor', name, kind: 'edit', perform: (taken) => editDocument(taken, shop) };
}

async function editDocument(taken: TakenTask, shop: Workshop): Promise<void> {
  const { task } = taken;
  if (task.kind !== 'edit') return;
  const { model, store, logger } = shop;
  const answers = await remember(shop, () => store.answersOf(task.document));
  const summaries = answers.map(({ summary }) => summary);
  const reply = await model.ask(editPrompt(task.document, summaries), false);
  logger.info('Model answered', { model: reply.model, tokens: reply.usage.total_tokens });
  const { summary } = readReply(reply.text);
  await remember(shop, () => store.saveSummary(taken, task.document, summary));
  logger.info('Summary stored', { document: task.document });
}
