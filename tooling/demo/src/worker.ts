import type { TaskWork } from '@map/config/bullmq';
import { remember, type Workshop } from './agent.ts';
import type { Chunk } from './chunk.ts';
import { chunkPrompt } from './prompt.ts';
import { type Answer, readReply } from './reply.ts';

/** A worker's task: asks the model about a chunk, and indexes and returns the answer. */
export async function answerChunk(
  chunk: Chunk,
  { id, signal }: TaskWork,
  shop: Workshop,
): Promise<Answer> {
  const { model, store, logger } = shop;
  const reply = await model.ask(chunkPrompt(chunk), true, signal);
  logger.info('Model answered', { model: reply.model, tokens: reply.usage.total_tokens });
  const answer = readReply(reply.text);
  await remember(shop, () => store.saveAnswer(id, answer), signal);
  logger.info('Answer stored', { document: chunk.document, keywords: answer.keywords.length });
  return answer;
}
