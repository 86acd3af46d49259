/** A worker's findings about a chunk. */
export interface Answer {
  readonly summary: string;
  readonly keywords: readonly string[];
}

/** Splits a model's reply into its text and its line of keywords. */
export function readReply(reply: string): Answer {
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
