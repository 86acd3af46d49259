/** A phrase that a reader stumbles over, and what to write in its place. */
export interface Phrase {
  pattern: RegExp;
  write: string;
}

/** Phrases of another language's grammar, and words that make persons of code. */
export const PHRASES: readonly Phrase[] = [
  { pattern: /\b(is|are) none\b(?! of)/i, write: 'is not an X; is missing' },
  { pattern: /(?<!there )\bis no (?!longer\b|more\b|such\b|other\b)[a-z]+/i, write: 'is not an X' },
  { pattern: /\ba text\b(?! (file|field|format|node|setting))/i, write: 'a string' },
  { pattern: /\banew\b/i, write: 'again; from scratch' },
  { pattern: /\bwho(so)?ever\b/i, write: 'the caller; callers that' },
  { pattern: /\b(is|are|be|been|was|were) told\b/i, write: 'is notified; reports' },
  { pattern: /\bhears?\b/i, write: 'receives; is notified of' },
  { pattern: /\bof (its|their|his|her|our) own\b/i, write: 'its own; separate' },
  { pattern: /\b(given|gives?|gave|giving) up\b/i, write: 'aborted' },
  { pattern: /\bgo(es)? on\b/i, write: 'continues' },
  { pattern: /\bunder way\b/i, write: 'in flight' },
  { pattern: /\b(loans?|lent|lend|borrow\w*)\b/i, write: 'lease, holder' },
  { pattern: /\bthe platform\b(?!'s)/i, write: 'MAP; these packages' },
  { pattern: /\bis meant\b/i, write: '— (leave it out)' },
  { pattern: /\bto be had\b/i, write: 'available' },
  {
    pattern: /\bfaster than (pino|winston|prom-client|ioredis|got|undici)\b/i,
    write: 'a figure in performance.md',
  },
  { pattern: /\bby a hair\b/i, write: 'not met' },
  { pattern: /\bwhatever is\b/i, write: 'every X; any X' },
  { pattern: /\bgo(es)? along\b/i, write: 'is included; is passed on' },
  { pattern: /\ball the same\b/i, write: 'still; anyway' },
  { pattern: /\bas good as\b/i, write: 'works like; counts as' },
  { pattern: /\b(given?|gives) back\b/i, write: 'returned; released' },
  { pattern: /\bhand(s|ed)? (it |them )?over\b/i, write: 'passes on; returns; sends' },
  { pattern: /\btak(e|es|ing) (it|the \w+ ones) back\b/i, write: 'reverts; undoes' },
  { pattern: /\bcom(e|es|ing) out\b/i, write: 'is shown; is the result' },
];

/** Ways to word an option error other than "`option` must be Z, got Y." */
export const MESSAGE_PHRASES: readonly Phrase[] = [
  { pattern: /\bno such value\b/i, write: '`option` must be Z, got Y.' },
  {
    pattern: /\bis (no|none|missing)\b[^.]*: (use|give|write|allowed)\b/i,
    write: '`option` must be Z, got Y.',
  },
  { pattern: /\b(should|has to|have to|needs to) be\b/i, write: '`option` must be Z, got Y.' },
];
