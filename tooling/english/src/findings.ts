import { MESSAGE_PHRASES, PHRASES } from './phrases.ts';
import type { Prose } from './prose.ts';

/** A sentence that should be written in another way. */
export interface Finding {
  line: number;
  message: string;
}

/** More words than this in one sentence are two facts or more. */
export const LONGEST_SENTENCE_WORDS = 40;

/**
 * Finds phrases to avoid and sentences that are too long.
 *
 * @param prose - the pieces of one file
 * @returns what to change, in the file's order
 */
export function findings(prose: readonly Prose[]): Finding[] {
  return prose
    .flatMap(({ line, text, kind }) => {
      const phrases = kind === 'message' ? [...PHRASES, ...MESSAGE_PHRASES] : PHRASES;
      return [
        ...phrases.flatMap(({ pattern, write }) => {
          const match = pattern.exec(text);
          if (!match) return [];
          const at = line + text.slice(0, match.index).split('\n').length - 1;
          return [{ line: at, message: `"${match[0]}": write ${write}` }];
        }),
        ...sentences(text).flatMap((sentence) => {
          const words = sentence.split(/\s+/).filter((word) => /\w/.test(word));
          // Words without any punctuation are a list, such as the stop words of a language.
          if (words.length <= LONGEST_SENTENCE_WORDS || !/[.,:;!?]/.test(text)) return [];
          const start = words.slice(0, 6).join(' ');
          return [{ line, message: `a sentence of ${words.length} words: "${start} …"` }];
        }),
      ];
    })
    .sort((a, b) => a.line - b.line);
}

/** Splits at the ends of sentences, at semicolons, and where a list or a tag begins. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?:;])[)"']?\s+|\s\|\s?|\n\s*(?=[-*@]|\n|\d+\.)/);
}
