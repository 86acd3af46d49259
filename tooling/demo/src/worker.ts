import { type Agent, remember, type Workshop } from './agent.ts';
import { queueTask } from './planner.ts';
import { chunkPrompt } from './prompt.ts';
import type { TakenTask } from './queue.ts';
import { readReply } from './task.ts';

/**
 * Makes a worker: it asks the model about a chunk, stores the answer with its index, and hands the
 * document over to the editor once all its chunks are answered.
 */
export function worker(name: string, shop: Workshop): Agent {
  return { role: 'worker', name, kind: 'chunk', perform: (taken) => answerChunk(taken, shop) };
}

async function answerChunk(taken: TakenTask, shop: Workshop): Promise<void> {
  const { task } = taken;
  if (task.kind !== 'chunk') return;
  const { model, store, logger, config } = shop;
  const { document } = task.chunk;
  const reply = await model.ask(chunkPrompt(task.chunk), true);
  logger.info('Model answered', { model: reply.model, tokens: reply.usage.total_tokens });
  const answer = { ...readReply(reply.text), model: reply.model };
  const answered = await remember(shop, () => store.saveAnswer(taken, document, answer));
  logger.info('Answer stored', { document, keywords: answer.keywords.length });
  if (answered < task.siblings) return;
  if (!(await remember(shop, () => store.claim(document, task.id)))) return;
  await queueTask(`edit:${document}`, { kind: 'edit', document }, shop);
  config.metrics.trackAgent('handoffs', { from_agent: 'worker', to_agent: 'editor' });
}
