import { isArray } from '../safe/read.ts';
import { isProbability, isSchema } from '../text/schema.ts';

// A field with a secret name and a value that is not a secret: its string form would be shown, too.

/** A field is written on purpose: of its strings, only those are shown that cannot be a secret. */
const NO_SECRET =
  /^(?:|none|null|undefined|include|omit|same-origin|\[?(?:redacted|filtered|masked|hidden)\]?)$/i;

/** Names of counts: `secrets: 3`. */
const COUNTED = /(?:keys|codes|cookies|credentials|secrets|passwords|sessionids)$/i;

/**
 * Returns whether the value of a field with a secret name may be shown: an empty one, a state, a
 * count, the schema of a tool's field, a token of a model.
 *
 * @param name The name of the field.
 * @param value Its value.
 * @param fields The fields beside it.
 */
export function isOpenField(name: string, value: unknown, fields: object | undefined): boolean {
  if (typeof value === 'string') {
    return (
      NO_SECRET.test(value) || (name === 'token' && fields !== undefined && isProbability(fields))
    );
  }
  if (typeof value === 'number') return COUNTED.test(name) && value >= 0 && value < 1000;
  if (typeof value !== 'object' || value === null) return false;
  try {
    return isArray(value) ? value.length === 0 : isSchema(value);
  } catch {
    return false;
  }
}
