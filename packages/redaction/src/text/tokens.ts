import { MASK } from '../words.ts';
import type { RuleGroup } from './rule.ts';

// Keys and tokens that can be recognised by themselves. No rule looks at a place again from the next
// one, so the time grows only with the length of the string.
export const TOKEN_GROUPS: readonly RuleGroup[] = [
  {
    trigger: /bearer|basic|digest|negotiate/i,
    rules: [[/\b(Bearer|Basic|Digest|Negotiate)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`]],
  },
  {
    trigger: /[-_]/,
    rules: [
      [
        /(?<![\w-])(?:sk|pk|rk|whsec|gsk|xai|hf|glpat|npm|dop_v1|shpat|pplx|r8|nvapi|csk|fw|dckr_pat|pypi|lin_api|ntn|secret|sq0[a-z]{3}|rpa|jina|phc|sntrys|ATATT|EAA[A-Za-z]?)[-_](?=[\w-]*\d)[\w-]{8,}/g,
        MASK,
      ],
      [
        /(?<![\w-])(?:gh[pousr]|github_pat|xox[abeoprs]|xapp|GOCSPX|tvly|AGE-SECRET-KEY|shp(?:ss|ca|pa))[-_][\w-]{6,}/g,
        MASK,
      ],
      [/-----BEGIN [\s\S]*?(?:-----END [^-]*-----|$)/g, MASK],
    ],
  },
  {
    trigger: /A[KS]IA|AIza|eyJ|ya29|SG\.|xkeysib/,
    rules: [
      [/(?<![\w-])(?:ya29|SG)\.[\w.-]{12,}/g, MASK],
      [/(?<![\w-])(?:AKIA|ASIA)[A-Z0-9]{12,}(?![\w-])/g, MASK],
      [/(?<![\w-])AIza[\w-]{12,}/g, MASK],
      [/(?<![\w-])eyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g, MASK],
    ],
  },
];
