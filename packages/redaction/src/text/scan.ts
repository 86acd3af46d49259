import { SIGN } from './prefixes.ts';

// Decides cheaply which rules need to see a string.
//
// Most strings of a log contain no secret, and testing a dozen patterns costs more than writing the
// line. The engine's own search for one character is the cheapest test, and a pattern that begins
// with one character class comes next: each alternative below begins with a rare character, from
// which it looks back for the rest of a word. So the engine runs over the string once, and compares
// words only at those characters. The tests may report too much, never too little.

const BEGIN = '(?:\\b|\\\\[nrtbf]|%[\\da-fA-F]{2}|\\\\u[\\da-fA-F]{4})';

// Keys and tokens by the sign behind their prefix, or by a rare letter inside it.
const TOKEN = [
  SIGN,
  `J(?<=${BEGIN}(?:ey|IQo)J)`,
  `I(?<=${BEGIN}A[KS]?I)(?:A|D|za)`,
  `2(?<=${BEGIN}(?:ya|oy)2)`,
  `\\.(?<=${BEGIN}(?:SG|hv[sbr]|dp|AQ|sl|pat\\w{14}|\\w{14}\\.atlasv1)\\.)`,
  '\\.[\\w-]{6}\\.(?<=[MNO][DTjz]\\w{20,24}\\.[\\w-]{6}\\.)',
  `A(?<=${BEGIN}(?:E|LT|\\d{8,10}(?::|%3[Aa]))A)[AI]`,
  `T(?<=${BEGIN}AT)[AC]TT`,
  `K(?<=${BEGIN}ABSK)`,
  `G(?<=${BEGIN}FwoG)`,
  `p(?<=${BEGIN}dap)i[\\da-f]{32}`,
  '/(?<=\\b1/)/0',
  'B(?<=-----B)EGIN[ +%]',
  'Q(?<=\\dQ)~',
  'Z(?<=AZ)DO',
  `S(?<=${BEGIN}S)K[\\da-f]{32}`,
  '-us\\d(?<=[\\da-f]{32}-us\\d)',
  `C(?<=${BEGIN}AKC)p`,
  `S(?<=${BEGIN}BS)A`,
];

// Words and flags that a credential follows, by the space behind them.
const WORDS_BEFORE = [
  ...['bearer', 'basic', 'digest', 'negotiate', 'auth', 'auth2', 'identified by', 'requirepass'],
  ...['masterauth', 'token', 'password', 'passphrase', 'secret', 'api key', 'api-key', 'api_key'],
  ...['apikey'],
];

// Programs with a flag of one letter that a password follows.
const COMMAND = [
  ` (?<=(?<![A-Za-z\\d])(?:${WORDS_BEFORE.map(anyCase).join('|')}) )`,
  ' (?<=(?:^|\\s)-[upUa] |--(?:user|proxy-user) )',
  '-(?<= -)p\\S',
  '[+%](?<=(?:[Bb](?:earer|asic)|[Dd]igest|BASIC|BEARER)[+%])',
  '>(?<= >)(?=\\S{4})',
];

// The beginnings of the messages that `maskServerEchoes` knows.
const ECHO = ['Failed query: ', "Duplicate entry '", 'Key \\(', ': (?<=dup key: )\\{'];

const ECHOES = new RegExp(ECHO.join('|'));
const SIGNS = /[@:=%<]|--|["'],/;
const TOKENS = new RegExp(TOKEN.join('|'));
const COMMANDS = new RegExp(COMMAND.join('|'));

// The whole pattern cannot ignore case: its rare letters would be common ones.
function anyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** A shorter string is not a recognisable secret, and has no room for a name and a value. */
const SHORTEST = 6;

/**
 * Whether a string has a sign that URLs, assignments, elements and lists have; most messages and
 * values have none, so that one test takes the place of a dozen.
 */
export function mayContainSign(text: string): boolean {
  return SIGNS.test(text);
}

/** Whether a string may contain a recognisable key or token. */
export function mayContainToken(text: string): boolean {
  return text.length >= SHORTEST && TOKENS.test(text);
}

/** Whether a string may contain a credential behind a word or a flag. */
export function mayContainCommand(text: string): boolean {
  return text.length >= SHORTEST && COMMANDS.test(text);
}

/** Whether a string may contain the message of a database server with a value. */
export function mayContainServerEcho(text: string): boolean {
  return text.length > 16 && ECHOES.test(text);
}

/** Whether a string may contain a URL with credentials. */
export function mayContainUrl(text: string): boolean {
  return (
    text.includes('@') ||
    text.includes('://') ||
    text.includes('%40') ||
    text.includes('%2F%2F') ||
    text.includes('%2f%2f')
  );
}

/** Whether a string may contain a name and a value. */
export function mayContainAssignment(text: string): boolean {
  return (
    text.includes(':') ||
    text.includes('=') ||
    text.includes('%3') ||
    text.includes('%253') ||
    text.includes('--')
  );
}

/** Whether a string may contain an XML element. */
export function mayContainElement(text: string): boolean {
  return text.includes('</');
}

/** Whether a string may contain a list of quoted strings. */
export function mayContainPair(text: string): boolean {
  return text.includes('",') || text.includes("',");
}
