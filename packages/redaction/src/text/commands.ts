import { MASK } from '../words/words.ts';
import { maskLanguages } from './languages.ts';
import { PHRASE_RULES } from './phrases.ts';
import { PROGRAM_RULES } from './programs.ts';
import { PROTOCOL_RULES } from './protocols.ts';
import { lazily, masking, type Rule, replaceAll } from './rule.ts';

// Credentials that follow a word or a flag instead of a separator.

/** The name of a shell variable is not a credential: `-a "$REDIS_PASSWORD"`. */
const NO_VARIABLE = '(?!\\$\\{?[A-Z_][A-Z\\d_]{0,64}\\}?(?:["\'\\s\\\\]|$))';

export const COMMAND_RULES: readonly Rule[] = [
  ...PROTOCOL_RULES,
  ...PROGRAM_RULES,
  ...PHRASE_RULES,
].map((rule) => ({ ...rule, value: NO_VARIABLE + (rule.value ?? '') }));

const replacements = lazily(() => COMMAND_RULES.map((rule) => masking(rule, MASK)));

/** Masks credentials that follow a command's word or flag. */
export function maskCommands(text: string): string {
  return replaceAll(replacements(), maskLanguages(text));
}
