import { MASK } from '../words/words.ts';
import { anyCase, lazily, masking, type Rule, replaceAll } from './rule.ts';

// Credentials that follow a word or a flag instead of a separator.

/** Between `Basic` and its value, also in the query of a URL. */
const BLANKS = '(?:\\s|\\+|%20){1,8}';

/** A server asks for credentials: `WWW-Authenticate: Bearer realm="api"`. So reads `type=basic scope=x`. */
const NO_CHALLENGE = '(?!\\w{1,32}=(?:\\\\{0,8}["\'])?\\w)';

/** A capital that begins a word, as in `Bearer Token missing`, does not make it a token. */
const RANDOM = '(?=[\\w.~+/%-]{1,512}[\\dA-Z=]|\\d)(?:[\\w.~+/=-]|%(?:25)?(?:2[BbFf]|3[Dd]))';

/** Where a word begins, also behind a line break in JSON. */
const WORD_START = '(?:\\b|(?<=\\\\[nrt]))';

/** `name:` behind a flag; the ids of a user and a group are not credentials. */
const USER = '(?! \\d+:\\d+(?!\\S))[ =]?["\']?[^\\s:"\'-][^\\s:"\']{0,255}:';

/** The end of a line, also escaped. */
const LINE = '(?:\\r?\\n|\\\\r\\\\n)';

const QUOTE = '\\\\{0,8}["\']';
const QUOTED = '\\s{1,4}\\\\{0,8}["\'`]';
const TO_QUOTE = '[^"\'`\\\\\\n]+';

/** The name of a secret, as Kubernetes quotes it: `secret "db-credentials" not found`. */
const NO_NAME = '(?![a-z]{1,32}(?:[-_.](?:[a-z]{1,20}|v?\\d{1,4})){0,5}["\'`\\\\])';

/** What is said about an AUTH that was sent. */
const OUTCOME =
  '(?:ok|command|failed|fails|required|error|failure|succeeded|denied|disabled|enabled|missing|is|was|to|for|with|not)\\b';

/** Behind the program's name: its other arguments. */
const ARGUMENTS = '(?: [^\\n|;&]{0,200}?)?';

const CLIENT = `[\\w-]{0,16}${ARGUMENTS} -p["']?`;
const PASSWORD = '(?!ort|rotocol|lugin)[^\\s"\']+';

// A random word behind the name: `token 3f9a…`, `API key is 3f9a…`.
const IS =
  '(?:(?: [iI][sS]| [wW][aA][sS])?(?:[ \\t]|\\\\t)|[;＝：]| (?:[-–→]|->|<-|===?|!==?) \\\\{0,8}["\']?)';
const WORD = '(?=[\\w-]*\\d)(?=[\\w-]*[A-Za-z])[\\w-]{8,}';
const API = `${anyCase('(?:api|access|auth|secret|private|account)')}[-_ ]?`;
const TOKEN_OF = `(?:${anyCase('(?:access|auth|refresh|session|api|bot)')}[-_]?)?`;

// A database or user of PostgreSQL's password file, and the password.
const PG = '(?:\\*|[A-Za-z_][\\w.@-]{0,62})';
const PG_PASSWORD = '(?:\\\\[:\\\\]|[^\\s"\'\\\\])+';

const RULES: readonly Rule[] = [
  {
    before: `${WORD_START}[bB]`,
    key: anyCase('asi'),
    after: `[cC]${BLANKS}${NO_CHALLENGE}`,
    value: `${RANDOM}{6,}`,
  },
  { before: WORD_START, key: anyCase('neg'), after: `otiate${BLANKS}`, value: `${RANDOM}{6,}` },
  {
    before: `${WORD_START}[dD]`,
    key: 'ige',
    after: 'st(?:\\s{1,8}|\\+|%20)',
    // Without a user this is what a server asks for.
    value: '(?=\\w{1,32}(?:=|%3[Dd]))(?=[^\\r\\n`]{0,1000}?(?:response|user|cnonce))[^\\r\\n`]+',
  },
  {
    before: `${WORD_START}[bB][eE][aA]`,
    key: anyCase('rer'),
    after: BLANKS + NO_CHALLENGE,
    value: `(?!YOUR|<)(?:${RANDOM}{4,}|(?!authenti|authori|credential)[a-z.~+/=-]{12,})`,
  },
  { before: '(?:^|\\s)', key: '-[uU]', after: USER, value: '[^\\s"\']+' },
  { before: '(?:^|\\s)', key: '--u', after: `ser${USER}`, value: '[^\\s"\']+' },
  { before: '(?:^|\\s)--pro', key: 'xy-', after: `user${USER}`, value: '[^\\s"\']+' },
  {
    before: '\\bA',
    key: 'UTH',
    after: '2? (?:default )?',
    value: `(?!\\*{10}|default\\b|<|${OUTCOME}|(?:(?:LOGIN|PLAIN|XOAUTH2|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|EXTERNAL|SCRAM-SHA-\\d{1,3})(?:\\s|$)){2})[^\\s"',;]+(?: (?=[^\\s"',;]*[\\dA-Z])[^\\s"',;(]+)?`,
  },
  { before: '\\ba', key: 'uth', after: '2? default ', value: '(?=[a-zA-Z]*\\d)[^\\s"\',;]+' },
  {
    before: `\\b${anyCase('requir')}`,
    key: anyCase('epa'),
    after: `${anyCase('ss')} `,
    value: '[^\\s"\']+',
  },
  {
    before: `\\b${anyCase('maste')}`,
    key: anyCase('rau'),
    after: `${anyCase('th')} `,
    value: '[^\\s"\']+',
  },
  // Redis' protocol, arguments and MONITOR; FTP
  {
    before: '(?:\\b|(?<=\\\\n))A',
    key: 'UTH',
    after: `(?:${QUOTE},\\s?${QUOTE}(?:[^"'\\s\\\\]{1,64}${QUOTE},\\s?${QUOTE})?|${LINE}\\$\\d{1,4}${LINE}(?:[^\\s$\\\\]{1,64}${LINE}\\$\\d{1,4}${LINE})?)`,
    value: '[^"\'\\s\\\\]+',
  },
  {
    before: `${QUOTE}[aA]`,
    key: anyCase('uth'),
    after: `${QUOTE} ${QUOTE}(?:[^"'\\s\\\\]{1,64}${QUOTE} ${QUOTE})?`,
    value: '[^"\'\\\\]+',
  },
  { before: `\\bUSER \\S{1,64}${LINE}`, key: 'PAS', after: 'S ', value: '\\S+' },
  // Lines of PostgreSQL's password file: `host:port:database:user:password`
  { before: '[\\w*\\]]', key: ':54', after: `3\\d:${PG}:${PG}:`, value: PG_PASSWORD },
  { before: '[\\w*\\]]', key: ':64', after: `32:${PG}:${PG}:`, value: PG_PASSWORD },
  {
    before: `(?:(?<!\\w)\\*|localhost|\\w\\.[\\w-]{1,63})`,
    key: ':\\*:',
    after: `${PG}:${PG}:`,
    value: PG_PASSWORD,
  },
  { before: '\\bS', key: 'SWS', after: ' ', value: '[\\w-]{8,}' },
  { before: '\\bss', key: 'hpa', after: 'ss -p ?', value: '\\S+' },
  // Programs with a flag of one letter for the password.
  { before: '\\b', key: 'mys', after: `ql${CLIENT}`, value: PASSWORD },
  { before: '\\b', key: 'mar', after: `iadb${CLIENT}`, value: PASSWORD },
  { before: '\\bmo', key: 'ngo', after: `\\w{0,8}${ARGUMENTS} -p ["']?`, value: '[^\\s"\']+' },
  {
    before: `\\bcurl${ARGUMENTS}`,
    key: ' -b',
    after: ' ["\']?',
    value: '(?=[\\w.-]{1,64}=)[^"\'\\n]+',
  },
  {
    before: `\\bhttps?${ARGUMENTS}`,
    key: ' -a',
    after: ' ["\']?[^\\s:"\'-][^\\s:"\']{0,64}:',
    value: '[^\\s"\']+',
  },
  { before: '\\bs', key: 'qlp', after: 'lus(?: -\\w{1,8})? \\w{1,64}/', value: '[^\\s@"\']+' },
  { before: '\\bc', key: 'qls', after: `h${ARGUMENTS} -p ["']?`, value: '[^\\s"\']+' },
  {
    before: '\\bsmb',
    key: 'cli',
    after: `ent${ARGUMENTS} -U ["']?[^\\s%"']{1,64}%`,
    value: '[^\\s"\']+',
  },
  {
    before: '\\bh',
    key: 'tpa',
    after:
      'sswd -[a-zA-Z]{0,6}b[a-zA-Z]{0,6}(?: -\\w{1,4}){0,4} \\S{1,128} [^\\s-]\\S{0,63} ["\']?',
    value: '[^\\s"\']+',
  },
  {
    before: '\\brabb',
    key: 'itm',
    after: 'qctl (?:add_user|change_password|authenticate_user) \\S{1,64} ["\']?',
    value: '[^\\s"\']+',
  },
  {
    before: ' -(?:src|dest)?(?:store|key)',
    key: 'pas',
    after: 's ["\']?',
    value: '[^\\s"\']+',
  },
  {
    before: '\\b',
    key: 'ech',
    after: 'o (?:\\\\{0,8}["\'])?',
    value: '(?=[^\\n|]{1,512}\\| ?[^\\n]{0,64}(?:-stdin|chpasswd))[^"\'|\\s\\\\]+',
  },
  {
    before: '\\bdb\\.a',
    key: 'uth',
    after: `\\(${QUOTE}[^"'\\\\]{0,64}${QUOTE}, ?${QUOTE}`,
    value: TO_QUOTE,
  },
  { before: '', key: anyCase('tok'), after: `${anyCase('en')}\\(\\\\{0,8}["']`, value: WORD },
  { before: '', key: anyCase('ecr'), after: `${anyCase('et')}\\(\\\\{0,8}["']`, value: WORD },
  { before: '\\b[bB]ea', key: 'rer', after: '\\(\\\\{0,8}["\']', value: WORD },
  // Passwords in other languages; names in ASCII are in `secret-key.ts`.
  ...[
    ['[пП]а', 'рол', 'ь'],
    ['', '密码', ''],
    ['', '密碼', ''],
    ['', '密钥', ''],
    ['', '令牌', ''],
    ['パス', 'ワード', ''],
    ['[cC]ontra', 'señ', 'a'],
    ['[hH]a', 'sło', ''],
    ['[mM]ot de ', 'pas', 'se'],
    ['비밀', '번호', ''],
  ].map(([before, key, after]) => ({
    before: before as string,
    key: key as string,
    after: `${after}["']?\\s?[:=：＝]\\s?["']?`,
    value: WORD,
  })),
  { before: '\\b(?:un)?', key: 'zip', after: `${ARGUMENTS} -P ?`, value: '[^\\s"\']+' },
  { before: '\\bs', key: 'qlc', after: `md${ARGUMENTS} -P ?["']?`, value: '[^\\s"\']+' },
  { before: '\\b', key: 'bcp', after: `${ARGUMENTS} -P ?["']?`, value: '[^\\s"\']+' },
  { before: '\\b', key: 'lda', after: `p[a-z]{3,8}${ARGUMENTS} -w ["']?`, value: '[^\\s"\']+' },
  { before: '\\b', key: 'twi', after: `ne upload${ARGUMENTS} -p ["']?`, value: '[^\\s"\']+' },
  { before: '\\b(?:vault|cargo) l', key: 'ogi', after: 'n ', value: WORD },
  { before: '\\b', key: '7z ', after: '[^\\n|;&]{0,200}? -p', value: '[^\\s"\']+' },
  {
    before: '\\bredi',
    key: 's-[cb]',
    after: `(?:li|enchmark)${ARGUMENTS} -a ["']?`,
    value: '[^\\s"\']+',
  },
  {
    before: '\\b(?:docker|podman|helm|az|cf|oc) (?:registry )?l',
    key: 'ogi',
    after: `n${ARGUMENTS} -p ["']?`,
    value: '[^\\s"\']+',
  },
  {
    before: '\\b',
    key: anyCase('acl'),
    after: `${anyCase(' setuser')} [^\\n>]{0,200} >`,
    value: '\\S+',
  },
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
    after: `${anyCase('ord for')} \\S{1,128} = '`,
    value: TO_QUOTE,
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
    before: `(?<![A-Za-z\\d])${TOKEN_OF}`,
    key: anyCase('tok'),
    after: `${anyCase('en')}(?:${IS}|${QUOTED})`,
    value: WORD,
  },
  { before: '(?<![A-Za-z\\d])[sS]', key: anyCase('ecr'), after: anyCase('et') + IS, value: WORD },
  {
    before: '(?<![A-Za-z\\d])[pP][aA]',
    key: anyCase('ssw'),
    after: anyCase('ord') + IS,
    value: WORD,
  },
  { before: `(?<![A-Za-z\\d])${API}`, key: anyCase('key'), after: IS, value: WORD },
];

/** The name of a shell variable is not a credential: `-a "$REDIS_PASSWORD"`. */
const NO_VARIABLE = '(?!\\$\\{?[A-Z_][A-Z\\d_]{0,64}\\}?(?:["\'\\s]|$))';

export const COMMAND_RULES: readonly Rule[] = RULES.map((rule) => ({
  ...rule,
  value: NO_VARIABLE + rule.value,
}));

const replacements = lazily(() => COMMAND_RULES.map((rule) => masking(rule, MASK)));

/** Masks credentials that follow a command's word or flag. */
export function maskCommands(text: string): string {
  return replaceAll(replacements(), text);
}
