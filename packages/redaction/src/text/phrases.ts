import { anyCase, type Rule } from './rule.ts';

// Credentials behind their names without a separator, as people and SQL write them.

const QUOTED = '\\s{1,4}\\\\{0,8}["\'`]';

const TO_QUOTE = '[^"\'`\\\\\\n]+';

/** The name of a secret, as Kubernetes quotes it: `secret "db-credentials" not found`. */
const NO_NAME = '(?![a-z]{1,32}(?:[-_.](?:[a-z]{1,20}|v?\\d{1,4})){0,5}["\'`\\\\])';

// A random word behind the name: `token 3f9a…`, `API key is 3f9a…`.
const IS =
  '(?:(?: [iI][sS]| [wW][aA][sS]| ist| lautet| est)?(?:[ \\t]|\\\\t)| \\(|[;＝：]| (?:[-–→]|->|<-|===?|!==?) \\\\{0,8}["\']?)';
const WORD =
  '(?=[\\w-]*\\d)(?=[\\w-]*[A-Za-z])[\\w-]{8,}(?:\\.[\\w-]{8,}){0,2}(?:[+/][\\w+/-]*)?={0,2}';
/** Not the name of a method, a URL or a place. */
const MIXED =
  '(?!argon2|bcrypt|sha-?\\d|pbkdf2|\\w{1,10}://)(?=[^\\s"\']{0,64}\\d)(?=[^\\s"\']{0,64}[A-Za-z])[^\\s"\',;]{6,}';
const API = `${anyCase('(?:api|access|auth|secret|private|account)')}[-_ ]?`;
const TOKEN_OF = `(?:${anyCase('(?:access|auth|refresh|session|api|bot)')}[-_]?)?`;

export const PHRASE_RULES: readonly Rule[] = [
  { before: '', key: anyCase('tok'), after: `${anyCase('en')}\\(\\\\{0,8}["']`, value: WORD },
  { before: '', key: anyCase('ecr'), after: `${anyCase('et')}\\(\\\\{0,8}["']`, value: WORD },
  { before: '\\b[bB]ea', key: 'rer', after: '\\(\\\\{0,8}["\']', value: WORD },
  { before: '[mM]ot de ', key: 'pas', after: `se(?:\\s?[:=]\\s?["']?|${IS})`, value: WORD },
  {
    before: '\\b[pP][aA]',
    key: anyCase('ssw'),
    after: `${anyCase('ord')}(?:${QUOTED}|\\(\\\\{0,8}["'])`,
    value: TO_QUOTE,
  },
  { before: '[a-z_][pP]a', key: 'ssw', after: `ord\\(\\\\{0,8}["']`, value: TO_QUOTE },
  {
    before: '\\b[pP][aA]',
    key: anyCase('ssw'),
    after: `${anyCase('ord for')} \\S{1,128}(?: =| is|:)${QUOTED}`,
    value: TO_QUOTE,
  },
  // `password for ann: …`, `Password (root): …`, `changed the password to …`
  {
    before: '\\b[pP][aA]',
    key: anyCase('ssw'),
    after: `${anyCase('ord')} (?:(?:for|of) (?:(?:user|account|the) )?[\\w@.-]{1,64}|[([][\\w@.-]{1,64}[)\\]])(?: =| is| was|:) `,
    value: MIXED,
  },
  {
    before: '\\b(?:(?:re)?set|changed?|updated?) (?:(?:the|your) )?[pP][aA]',
    key: anyCase('ssw'),
    after: `${anyCase('ord')} to (?:\\\\{0,8}["'\`])?`,
    value: MIXED,
  },
  {
    before: '\\b[pP][aA]',
    key: anyCase('ssw'),
    after: `${anyCase('ord')} (?:(?:re)?set|changed|updated) to (?:\\\\{0,8}["'\`])?`,
    value: MIXED,
  },
  { before: '\\b[pP][aA]', key: anyCase('ssp'), after: anyCase('hrase') + QUOTED, value: TO_QUOTE },
  {
    before: '\\b[sS]',
    key: anyCase('ecr'),
    after: anyCase('et') + QUOTED,
    value: NO_NAME + TO_QUOTE,
  },
  { before: `\\b${API}`, key: anyCase('key'), after: QUOTED, value: TO_QUOTE },
  {
    before: `\\b${anyCase('iden')}`,
    key: anyCase('tif'),
    after: `${anyCase('ied ')}(?:${anyCase('with')} \\S{1,64} )?${anyCase('by')}${QUOTED}`,
    value: TO_QUOTE,
  },
  {
    before: `(?<![A-Za-z\\d]|\\b(?:sync|page|next|resume|continuation) )${TOKEN_OF}`,
    key: anyCase('tok'),
    after: `${anyCase('en')}(?:${IS}|${QUOTED})`,
    value: WORD,
  },
  { before: '(?<![A-Za-z\\d])[sS]', key: anyCase('ecr'), after: anyCase('et') + IS, value: WORD },
  {
    before: '(?<![A-Za-z\\d])[pP][aA]',
    key: anyCase('ssw'),
    after: `${anyCase('or')}[dDtT]${IS}`,
    value: WORD,
  },
  { before: `(?<![A-Za-z\\d])${API}`, key: anyCase('key'), after: IS, value: WORD },
];
