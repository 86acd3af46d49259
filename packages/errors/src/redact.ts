/** What stands where a secret stood. */
export const MASK = '**********';

type Rule = readonly [pattern: RegExp, replacement: string];

type Group = readonly [trigger: RegExp, rules: readonly Rule[]];

// What marks a secret wherever it stands; a cheap trigger spares most texts the rules behind it.
// No rule looks at a place again from the next one, so that time grows only with length.
const SECRETS: readonly Group[] = [
  [
    /:\/\//,
    [
      [/(:\/\/)[^\s/?#"']*@/g, `$1${MASK}@`],
      // A password that nobody encoded; a port is none.
      [/(:\/\/[^\s/@:"']*:)(?!\d*\/)(?:(?!:\/\/)[^\s"'<>])*@/g, `$1${MASK}@`],
      [/(:\/\/[^\s/@:"']*:)[^\s/@"'…]*$/g, `$1${MASK}`],
      [/(hooks\.slack\.com\/\w+\/)[^\s"'<>]+/g, `$1${MASK}`],
      [/(:\/\/(?:(?!:\/\/)[^\s?#"'<>])*[?#])[^\s"'<>]+/g, `$1${MASK}`],
    ],
  ],
  [
    /bearer|basic|digest|negotiate/i,
    [[/\b(Bearer|Basic|Digest|Negotiate)\s+[\w.~+/=-]{4,}/gi, `$1 ${MASK}`]],
  ],
  [
    /[-_]/,
    [
      [/\b(?:sk|pk|rk|whsec|gsk|xai|hf|glpat|npm|dop_v1|shpat|pplx|r8|nvapi)[-_][\w-]{6,}/g, MASK],
      [/\b(?:gh[pousr]|github_pat|xox[abeoprs]|xapp|GOCSPX|tvly)[-_][\w-]{6,}/g, MASK],
      [/-----BEGIN [\s\S]*/g, MASK],
    ],
  ],
  [
    /A[KS]IA|AIza|eyJ|ya29|SG\./,
    [
      [/\b(?:ya29|SG)\.[\w.-]{12,}/g, MASK],
      [/\b(?:AKIA|ASIA|AIza)[\w-]{12,}/g, MASK],
      [/\beyJ[\w-]{6,1000}\.[\w-]+(?:\.[\w-]*)?/g, MASK],
    ],
  ],
  [
    /@/,
    // A DSN without a scheme, such as user:password@tcp(host).
    [[/((?<![\w.-])[\w.-]+:)[^\s/@:"'(]{4,}@(?=[\w([])/g, `$1${MASK}@`]],
  ],
  [/["'`]/, [[/\b(pass(?:word|phrase)|secret|api[-_ ]?key)(\s+["'`])[^"'`]+/gi, `$1$2${MASK}`]]],
  [
    /[=:]|%3[ad]/i,
    [
      [/\b((?:set-)?cookie["']?\s*[=:]\s*).+/gi, `$1${MASK}`],
      [
        /(authorization\\*["']?\s*[=:]\s*)(?:\\+["'][^"'\\]*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|.+)/gi,
        `$1${MASK}`,
      ],
      [
        /((?:pass(?:word|wd|phrase)|\bpass|pwd|secret|token|api[-_ ]?key|credential|(?:private|access|account|signing|encryption)[-_]?key(?:[-_]?id)?|session[-_]?id|jwt|signature|\bsig)s?\\*["']?(?: provided)?\s*(?:[=:]|%3[ad])\s*)(?!\*{10})(?:\\+["'][^"'\\]*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"']+)/gi,
        `$1${MASK}`,
      ],
    ],
  ],
];

// Where the messages of Node, of parsers and of servers repeat what they were given.
const ECHOES: readonly Rule[] = [
  [/(with args beginning with:)[\s\S]*/g, '$1 …'],
  [/(user_script:\d+:)[\s\S]*?( script:|$)/g, '$1 …$2'],
  [/^(Command failed)[\s\S]*/g, '$1'],
  [/(Failed to parse URL from )[\s\S]*/g, '$1…'],
  [/(Received (?:type \w+|an instance of \w+)) \([\s\S]*/g, '$1'],
  [/(\. Received )['"`\d[{][\s\S]*/g, '$1…'],
  [/(: )"[^"]*"?/g, '$1"…"'],
  [/(: )'[^']*'?/g, "$1'…'"],
  [/<(?:!doctype|html|\?xml)[\s\S]*/gi, '<…>'],
  [/["'`][^"'`]{80,}["'`]?/g, '"…"'],
];

// Long runs of letters and digits are keys more often than words; UUIDs are not.
const MIN_RANDOM = 32;
const RANDOM =
  /(?<![\w-])(?![\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\w-]))(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[\w-]{32,}/g;

const ECHOING = /["'`<:(]|Command failed|Failed to parse|Received/;

/** Masks what is known to be a secret, and keeps the rest of a text that is our own. */
export function maskSecrets(text: string, limit = 2000): string {
  return cut(hideSecrets(head(text, limit)), limit);
}

/** Masks whatever a foreign text may give away: secrets, values it repeats, long random words. */
export function redactText(text: string, limit = 500): string {
  let result = hideSecrets(head(text, limit));
  if (ECHOING.test(result)) result = apply(ECHOES, result);
  if (result.length >= MIN_RANDOM) result = result.replace(RANDOM, MASK);
  return cut(result, limit);
}

/** Masks what stands in the path of a URL, where webhooks and bots have their keys. */
export function redactPath(path: string, limit: number): string {
  const keyless = path.replace(
    /(?<=\/)(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{20,}(?=\/|$)/g,
    MASK,
  );
  return redactText(keyless, limit);
}

/** Cuts out the text that V8 could not parse and quotes, whatever quotes that holds itself. */
export function hideParsedText(text: string): string {
  const end = text.lastIndexOf('" is not valid JSON') + 1 || text.lastIndexOf('is not valid JSON');
  if (end <= 0) return text;
  const start = text.indexOf('"');
  return start < 0 || start >= end ? text : `${text.slice(0, start)}…${text.slice(end)}`;
}

function hideSecrets(text: string): string {
  let result = text;
  for (const [trigger, rules] of SECRETS) if (trigger.test(result)) result = apply(rules, result);
  return result;
}

function apply(rules: readonly Rule[], text: string): string {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  return result;
}

// More than the limit is looked at, so that a secret at the cut is still seen whole.
function head(text: string, limit: number): string {
  return text.length > limit + 1000 ? text.slice(0, limit + 1000) : text;
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

const SECRET_KEY =
  /(?:token|(?:pass(?:word|wd|phrase|code)|pwd|secret|api[-_]?key|authorization|cookie|credential|(?:private|access|account|signing|encryption)[-_]?key|session[-_]?id|jwt|signature)s?)$|^(?:pass|auth|sig|pin|otp)$/i;

/** Says whether a field's name promises a secret; `max_tokens` does not. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}
