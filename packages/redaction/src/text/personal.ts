import type { PersonalData } from '../policy/policy.ts';
import { MASK } from '../words/words.ts';

const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b/gi;
const CARD = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g;
// Social security numbers of the US, and numbers of one or two letters and digits, such as those of
// the UK (AB 12 34 56 C), Spain (12345678Z) and Italy (RSSMRA85T10A562S).
const NATIONAL_ID =
  /(?<![\w-])(?:\d{3}-\d{2}-\d{4}|[A-CEGHJ-PR-TW-Z]{2} ?(?:\d{2} ?){3}[A-D]|[XYZ\d]\d{7}[A-HJ-NP-TV-Z]|[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z])(?![\w-])/g;

/** Masks e-mail addresses, card numbers and national ids, as chosen. */
export function maskPersonal(text: string, kinds: ReadonlySet<PersonalData>): string {
  let result = text;
  if (kinds.has('email') && result.includes('@')) result = result.replace(EMAIL, MASK);
  if (kinds.has('card')) result = result.replace(CARD, (all) => (isCard(all) ? MASK : all));
  if (kinds.has('nationalId')) result = result.replace(NATIONAL_ID, MASK);
  return result;
}

/** The Luhn check (ISO/IEC 7812-1). */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
