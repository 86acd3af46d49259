import type { Chunk } from './chunk.ts';

/** What every task carries through the queue. */
interface TaskHead {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** The log context it was created in: trace headers and the like. */
  readonly carrier: object;
}

/** Answer one chunk: a worker's task. */
export interface ChunkTask extends TaskHead {
  readonly kind: 'chunk';
  readonly chunk: Chunk;
  /** How many chunks of the document are asked about, this one among them. */
  readonly siblings: number;
}

/** Summarise a document from the answers to its chunks: an editor's task. */
export interface EditTask extends TaskHead {
  readonly kind: 'edit';
  readonly document: string;
}

export type Task = ChunkTask | EditTask;

/** What a worker stores about a chunk. */
export interface Answer {
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly model: string;
}

/** Splits a model's reply into its text and its line of keywords. */
export function readReply(reply: string): { summary: string; keywords: string[] } {
  const [summary = '', list = ''] = reply.split(/^[*_# ]*keywords[*_]*:[*_ ]*/im);
  const keywords = list
    .split(/[,\n]/)
    .map((keyword) =>
      keyword
        .trim()
        .toLowerCase()
        .replace(/[.*_]+$/, ''),
    )
    .filter((keyword) => keyword !== '');
  return { summary: summary.trim(), keywords: [...new Set(keywords)].slice(0, 8) };
}
