import { anyCase, type Rule } from './rule.ts';

// Credentials in the headers of HTTP and in the commands and files of servers.

/** Between `Basic` and its value, also in the query of a URL. */
const BLANKS = '(?:\\s|\\+|%20){1,8}';

/** A server asks for credentials: `WWW-Authenticate: Bearer realm="api"`. So reads `type=basic scope=x`. */
const NO_CHALLENGE = '(?!\\w{1,32}=(?:\\\\{0,8}["\'])?\\w)';

/** A capital that begins a word, as in `Bearer Token missing`, does not make it a token. */
const RANDOM = '(?=[\\w.~+/%-]{1,512}[\\dA-Z=]|\\d)(?:[\\w.~+/=-]|%(?:25)?(?:2[BbFf]|3[Dd]))';

/** Where a word begins, also behind a line break in JSON. */
const WORD_START = '(?:\\b|(?<=\\\\[nrt]))';

/** The end of a line, also escaped. */
const LINE = '(?:\\r?\\n|(?:\\\\r)?\\\\n)';

const QUOTE = '\\\\{0,8}["\']';

/** What is said about an AUTH that was sent. */
const OUTCOME =
  '(?:ok|command|failed|fails|required|error|failure|succeeded|denied|disabled|enabled|missing|is|was|to|for|with|not)\\b';

/** How a mail server lets one sign in. */
const MECHANISM =
  '(?:LOGIN|PLAIN|XOAUTH2|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|EXTERNAL|SCRAM-SHA-\\d{1,3})';

// A database or user of PostgreSQL's password file, and the password.
const PG = '(?:\\*|[A-Za-z_][\\w.@-]{0,62})';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const PG_PASSWORD = '(?:\\\\[:\\\\]|[^\\s"\'\\\\])+';

/** What stands before a line of the client: `C: `, `> `, `---> `. */
const CLIENT = '(?:(?:[CS]:|[-<>]{1,4}) ?)?';

/** The end of a command. */
const END = '(?=\\\\{0,8}["\']|\\s{0,4}(?:$|[\\r\\n]|\\\\[rn]| \\())';

/** An argument of IMAP. */
const WORD = '(?:\\\\{0,8}"[^"\\\\]+\\\\{0,8}"|[^\\s"\'{}\\\\]+)';

export const PROTOCOL_RULES: readonly Rule[] = [
  // What follows the question of a mail server
  {
    before: '334 ',
    key: 'UGF',
    after: `zc3dvcmQ6${LINE}${CLIENT}`,
    value: '[\\w+/]{2,}={0,2}',
  },
  {
    before: '\\bA',
    key: 'UTH',
    after: ` PLAIN${LINE}(?:S: |< )?334 ?${LINE}${CLIENT}`,
    value: '[\\w+/]{2,}={0,2}',
  },
  {
    before: '\\bA',
    key: 'UTH',
    after: 'ENTICATE "?(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER)"? "?',
    value: '[\\w+/]{6,}={0,2}',
  },
  // IMAP: `a1 LOGIN user password`
  {
    before: '(?:\\. |(?<![\\w-])[A-Za-z]{1,8}\\d{1,8} )L',
    key: 'OGI',
    after: `N ${WORD} `,
    value: WORD + END,
  },
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
    value: `(?!YOUR|<|bearerFormat)(?:${RANDOM}{4,}|(?!authenti|authori|credential|passw)[a-z.~+/=-]{12,})`,
  },
  {
    before: '\\bA',
    key: 'UTH',
    after: '2? (?:default )?',
    value: `(?!\\*{10}|default\\b|<|${OUTCOME}|${MECHANISM}(?:$|[\\r\\n"\\\\]|\\s(?:${MECHANISM}(?:[\\s"\\\\]|$)|${OUTCOME})))[^\\s"',;]+(?: (?=[^\\s"',;]*[\\dA-Z])[^\\s"',;(]+)?`,
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
  // FTP and POP3: behind the user, the server's question or the sign of the client
  {
    before: `(?:\\bUSER \\S{1,64}${LINE}(?:[^\\r\\n\\\\]{1,200}${LINE})?|331[ -][^\\r\\n\\\\]{0,200}${LINE})${CLIENT}`,
    key: 'PAS',
    after: 'S ',
    value: '[^\\s"\'\\\\]+',
  },
  {
    before: '(?:(?<![\\w-])C: ?|[->]> ?|(?:^|[\\s"]|ftp)> ?)',
    key: 'PAS',
    after: 'S ',
    value: `[^\\s"'/\\\\]+${END}`,
  },
  {
    before: '(?:^|\\n|(?<=\\\\n))',
    key: 'PAS',
    after: 'S ',
    value: `(?=[^\\d\\s]{0,64}\\d)(?=[^a-z\\s]{0,64}[a-z])(?=[^A-Z\\s]{0,64}[A-Z])[^\\s/.:"'-]{8,}${END}`,
  },
  // Lines of PostgreSQL's password file: `host:port:database:user:password`
  {
    before: '[\\w*\\]]:(?:543|643(?=2))',
    key: `\\d:[*_${LETTERS}${LETTERS.toUpperCase()}]`,
    after: `(?:(?<=\\*)|(?<!\\*)[\\w.@-]{0,62}):${PG}:`,
    value: PG_PASSWORD,
  },
  {
    before: `(?:(?<!\\w)\\*|localhost|\\w\\.[\\w-]{1,63})`,
    key: ':\\*:',
    after: `${PG}:${PG}:`,
    value: PG_PASSWORD,
  },
  { before: '\\bS', key: 'SWS', after: ' ', value: '[\\w-]{8,}' },
  {
    before: '\\b',
    key: anyCase('acl'),
    after: `${anyCase(' setuser')} [^\\n>]{0,200} >`,
    value: '\\S+',
  },
];
