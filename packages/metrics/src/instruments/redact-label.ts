import { isSecretKey, MASK, redactText } from '@map/redaction';
import { redactionVersion } from '@map/redaction/kernel';

/** Values that are remembered as clean; enough for every model, tool and route. */
const MAX_CLEAN = 10_000;

/** Values without secrets. New series repeat the values of others, and redacting takes long. */
const clean = new Set<string>();
let version = redactionVersion();

/** Masks the secrets in a label value, by the process-wide policy of `@map/redaction`. */
export function redactLabel(name: string, value: string): string {
  if (value === '') return value;
  if (version !== redactionVersion()) {
    version = redactionVersion();
    clean.clear();
  }
  if (isSecretKey(name)) return MASK;
  if (clean.has(value)) return value;
  const shown = redactText(value, { limit: Number.POSITIVE_INFINITY });
  if (shown === value) {
    if (clean.size >= MAX_CLEAN) clean.clear();
    clean.add(value);
  }
  return shown;
}
