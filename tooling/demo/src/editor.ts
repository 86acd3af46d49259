import type { TaskWork } from '@map/config/bullmq';
import { remember, type Workshop } from './agent.ts';
import { editPrompt } from './prompt.ts';
import { type Answer, readReply } from './reply.ts';

/** The editor's task: summarises a document from the answers to its chunks. */
export async function editDocument(
  { document }: { readonly document: string },
  { id, attempt, signal, childResults }: TaskWork,
  shop: Workshop,
): Promise<string> {
  const { model, store, logger, config } = shop;
  if (attempt === 1) {
    config.metrics.trackAgent('handoffs', { from_agent: 'worker', to_agent: 'editor' });
  }
  const answers = Object.values(await remember(shop, childResults, signal)) as Answer[];
  const summaries = answers.map(({ summary }) => summary);
  const reply = await model.ask(editPrompt(document, summaries), false, signal);
  logger.info('Model answered', { model: reply.model, tokens: reply.usage.total_tokens });
  const { summary } = readReply(reply.text);
  await remember(shop, () => store.saveSummary(id, document, summary), signal);
  logger.info('Summary stored', { document });
  return summary;
}
