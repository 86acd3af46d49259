import { MASK } from '../words/words.ts';
import { applyRules, type Rule } from './rule.ts';

// Keys and tokens that can be recognised by themselves. Each pattern is anchored at the beginning of
// a word and consumes the whole word, so no place is looked at again and time grows only with length.

// Prefixes that nothing but a credential has.
const CERTAIN =
  /(?<![\w-])(?:sk-(?:proj|ant|or|svcacct|admin|lf)|sk_(?:live|test|prod)|[pr]k_(?:live|test)|whsec|gsk|xai|gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt)|do[por]_v1|shp(?:at|ss|ca|pa)|pplx|nvapi|dckr_pat|pypi|lin_api|sq0[a-z]{3}|sntry[su]|AT[AC]TT3?\w|gh[pousr]|github_pat|xox[abceoprs]|xapp|GOCSPX|tvly|AGE-SECRET-KEY|xkeysib|lsv2_[ps][tk]|pcsk|e2b|esecret|PMAK|figd|sbp|nfp|ABSK)[-_]?(?:(?<=[-_])|(?=\w))[\w-]{6,}(?:\.[\w-]{6,}){0,2}/g;

// Prefixes that names of programs have too: a digit or a capital letter must follow in the word.
const LIKELY =
  /(?<![\w-])(?:sk|pk|rk|hf|npm|r8|csk|fw|ntn|secret|rpa|jina|ph[cx]|fc|co|tgp|key|pa|voyage|vcp)[-_](?=[\w-]*[\dA-Z])[\w-]{8,}/g;

const RULES: readonly Rule[] = [
  [CERTAIN, MASK],
  [LIKELY, MASK],
  [
    /-----BEGIN [A-Z0-9 ]{0,40}(?:PRIVATE KEY|CERTIFICATE|MESSAGE)[\s\S]*?(?:-----END [^-\n]{0,60}-----|$)/g,
    MASK,
  ],
  [/(?<![\w-])(?:ya29|SG|hv[sb])\.[\w.-]{8,}/g, MASK],
  [/(?<![\w-])(?:AKIA|ASIA|LTAI|AROA|AIDA)(?=[A-Za-z]*\d)[A-Za-z0-9]{12,}(?![\w-])/g, MASK],
  [/(?<![\w-])(?:AKIA|ASIA)[A-Z0-9]{12,}/g, MASK],
  [/(?<![\w-])(?:AIza|EAA[A-Za-z]|FwoG|IQoJ)[\w+/=-]{16,}/g, MASK],
  [/(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g, MASK],
];

/** Masks recognisable keys and tokens. */
export function maskTokens(text: string): string {
  return applyRules(RULES, text);
}
