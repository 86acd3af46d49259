import { MASK } from '../words/words.ts';

// `<password>…</password>`, also with a prefix and attributes.
const ELEMENT = /<((?:[\w.-]{1,64}:)?([\w.-]{1,64})(?:\s[^<>]{0,200})?)>([^<>]+)(?=<\/)/g;

// `["x-api-key", "…"]` and `['--password', '…']`: lists of headers and of arguments.
const PAIR =
  /((?:\\{0,4}["'])(?:--)?([\w-]{3,64})\\{0,4}["'],(?:\s|\\n){0,40}\\{0,4}["'])(?=[^\s"']{0,400}\d)[^\s"'\\]{8,}/g;

/** Masks the content of XML elements with secret names. */
export function maskElements(text: string, isSecret: (name: string) => boolean): string {
  return text.replace(ELEMENT, (all, tag: string, name: string) =>
    isSecret(name) ? `<${tag}>${MASK}` : all,
  );
}

/** Masks the items of lists that follow secret names. */
export function maskPairs(text: string, isSecret: (name: string) => boolean): string {
  return text.replace(PAIR, (all, start: string, name: string) =>
    isSecret(name) ? start + MASK : all,
  );
}
