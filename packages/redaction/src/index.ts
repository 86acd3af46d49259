export type { PersonalData, RedactionPolicy } from './policy/policy.ts';
export { registerSecrets, setRedaction } from './policy/process-wide.ts';
export {
  isSecretKey,
  type RedactTextOptions,
  redactForeignText,
  redactText,
  redactUrl,
} from './redact/redact-text.ts';
export { type RedactValueOptions, redactValue } from './redact/redact-value.ts';
export { isSecret, Secret } from './secret/secret.ts';
export { reveal, type SecretLike } from './secret/secret-like.ts';
export { RedactionOptionError } from './words/option-error.ts';
export {
  CIRCULAR,
  MASK,
  more,
  TRUNCATED_DEPTH,
  TRUNCATED_SIZE,
  UNREADABLE,
} from './words/words.ts';
