import { MASK } from '../words/words.ts';
import { CERTAIN, KEYS, LIKELY, START } from './prefixes.ts';
import { applyRules, type Rule } from './rule.ts';

// Keys and tokens that can be recognised by themselves. Each pattern is anchored at the beginning of
// a word and consumes the whole word, so no place is looked at again and time grows only with length.

const anchored = (pattern: string): RegExp => new RegExp(START + pattern, 'g');

/** One character of Base64, also in the query of a URL. */
const BASE64 = '(?:[\\w+/=-]|%(?:25)?(?:2[BbFf]|3[Dd]))';

const RULES: readonly Rule[] = [
  // Fly, whose tokens are Base64
  [anchored(`fm[12]_${BASE64}{16,}`), MASK],
  [anchored(`(?:${CERTAIN.join('|')})[\\w-]{6,}(?:\\.[\\w-]{6,}){0,2}`), MASK],
  [
    /-----BEGIN(?:[A-Z0-9 +]|%20){0,60}?(?:PRIVATE(?: |\+|%20)KEY|CERTIFICATE|MESSAGE)[\s\S]*?(?:-----END[^-\n]{0,80}-----|$)/g,
    MASK,
  ],
  [anchored('(?:ya29|SG|hv[sbr]|dp\\.(?:pt|st|ct|sa|scim|audit)|AQ)\\.[\\w.-]{8,}'), MASK],
  [anchored('1//0[\\w-]{16,}'), MASK],
  [
    anchored(
      '(?:AKIA|ASIA|AKID|LTAI|AROA|AIDA)(?=[A-Za-z]*(?:\\d|[a-z][A-Z]))[A-Za-z0-9]{12,}(?![\\w-])',
    ),
    MASK,
  ],
  [anchored('(?:AKIA|ASIA)[A-Z0-9]{12,}'), MASK],
  [anchored(`(?:AT[AC]TT3?\\w[-_]?|ABSK|dapi(?=[\\da-f]{32}))${BASE64}{6,}`), MASK],
  [anchored(`(?:AIza|EAA[A-Za-z]|FwoG|IQoJ)${BASE64}{16,}`), MASK],
  [anchored('eyJ[\\w-]{6,}(?:\\.[\\w-]*){0,4}'), MASK],
  // Bots of Telegram
  [anchored('\\d{8,10}(?::|%3[Aa])AA[\\w-]{30,}'), MASK],
  // Discord, whose first part is a number in Base64
  [
    anchored('(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5}[A-Za-z\\d]{2,6}\\.[\\w-]{6}\\.[\\w-]{27,}'),
    MASK,
  ],
  // Airtable, HashiCorp, Dropbox
  [anchored('pat[A-Za-z\\d]{14}\\.[\\da-f]{40,}'), MASK],
  [anchored('\\w{14}\\.atlasv1\\.[\\w-]{40,}'), MASK],
  [anchored('sl\\.(?:u\\.)?[\\w-]{60,}'), MASK],
  // Azure: the secret of an application, a token of DevOps
  [anchored('[\\w~.-]{3}\\dQ~[\\w~.-]{31,}'), MASK],
  [anchored('[A-Za-z\\d]{76}AZDO[A-Za-z\\d]{4}'), MASK],
  // Twilio, Mailchimp, JFrog, NuGet, Brave
  [anchored('SK[\\da-f]{32}(?!\\w)'), MASK],
  [anchored('[\\da-f]{32}-us\\d{1,2}(?!\\w)'), MASK],
  [anchored('AKCp[A-Za-z\\d]{20,}'), MASK],
  [anchored('oy2[a-z2-7]{43}(?!\\w)'), MASK],
  [anchored('BSA(?=[A-Z\\d_-]*[a-z])(?=[\\w-]*\\d)[\\w-]{28}(?![\\w-])'), MASK],
];

const PERHAPS = anchored(`(?:${[...LIKELY, ...KEYS].join('|')})[\\w-]{8,}`);
const ONE_OF_KEYS = new RegExp(`^(?:${KEYS.join('|')})`);

// The parts of a name, such as `check`, `all2`, `70b`, `v2` and `2024`.
const WORD = /^(?:[A-Z]?[a-z]{1,14}\d{0,2}|\d{1,8}|\d{1,3}[a-z]{1,2})$/;
const LETTERS = /^[a-z]{1,14}$/;

/** Masks recognisable keys and tokens. */
export function maskTokens(text: string): string {
  return applyRules(RULES, text).replace(PERHAPS, (found) => {
    const word = ONE_OF_KEYS.test(found) ? LETTERS : WORD;
    return found.split(/[-_]+/).every((part) => word.test(part)) ? found : MASK;
  });
}
