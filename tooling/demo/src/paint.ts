import { styleText } from 'node:util';

/** Colours a string if colour is wanted. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

/** Colours on a terminal, unless `NO_COLOR` says otherwise. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}

export const plainPaint: Paint = (_, text) => text;
