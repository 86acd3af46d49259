// Decides in one pass over a string which rules need to see it.
//
// Most strings of a log contain no secret, and testing a dozen patterns costs more than writing the
// line. So this loop classifies each character by a table, and compares words only where one begins
// with two letters that a rule's word begins with. It may report too much, never too little.

/** What a string may contain; a bit set. */
export const Suspect = {
  none: 0,
  /** `=`, `:` or an encoded one: perhaps `name=value`. */
  assignment: 1,
  /** `@` or `://`: perhaps a URL with credentials. */
  url: 2,
  /** The beginning of a recognisable key or token. */
  token: 4,
  /** A command or a flag that is followed by a credential. */
  command: 8,
} as const;

/** Beginnings of keys and tokens. */
const TOKENS = [
  ...['sk-', 'sk_', 'pk-', 'pk_', 'rk_', 'rk-', 'whsec_', 'gsk_', 'xai-', 'hf_', 'glpat-', 'gldt-'],
  ...['glrt-', 'glcbt-', 'npm_', 'dop_v1', 'doo_v1', 'shpat', 'shpss', 'shpca', 'shppa', 'pplx-'],
  ...[
    'r8_',
    'nvapi-',
    'csk-',
    'fw_',
    'dckr_',
    'pypi-',
    'lin_api',
    'ntn_',
    'secret_',
    'sq0',
    'rpa_',
  ],
  ...['jina_', 'phc_', 'phx_', 'sntrys_', 'sntryu_', 'ATATT', 'ATCTT', 'ghp_', 'gho_', 'ghu_'],
  ...['ghs_', 'ghr_', 'github_pat', 'xox', 'xapp-', 'GOCSPX', 'tvly-', 'AGE-', 'AKIA', 'ASIA'],
  ...['AIza', 'eyJ', 'ya29', 'SG.', 'xkeysib-', 'EAA', 'lsv2_', 'pcsk_', 'hvs.', 'hvb.', 'e2b_'],
  ...['fc-', 'esecret_', 'co_', 'tgp_', 'key-', 'PMAK-', 'FwoG', 'IQoJ', 'voyage-', 'pa-', 'sbp_'],
  ...['figd_', 'nfp_', 'vcp_', 'LTAI', 'ABSK', 'bedrock-'],
];

/** Words and flags before a credential; compared without case. */
const COMMANDS = [
  ...['bearer', 'basic', 'digest', 'negotiate', 'auth ', 'password', 'passphrase', 'secret', 'api'],
  ...['identified', 'requirepass', 'masterauth', 'token', 'hooks', 'discord', 'sshpass', 'hello '],
];

const WORD = 1;
const ASSIGN = 2;
const AT = 4;
const DASH = 8;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  if (/[\w]/.test(String.fromCharCode(code))) CLASSES[code] = WORD;
}
for (const sign of ':=%') CLASSES[sign.charCodeAt(0)] = ASSIGN;
CLASSES[64] = AT;
CLASSES[45] = DASH;

/** The words by their first two letters, as a number. */
const BY_START = new Map<number, string[]>();
/** Whether any word begins with the two letters. */
const STARTS = new Uint8Array(128 * 128);

function addWord(start: string, word: string): void {
  const key = start.charCodeAt(0) * 128 + start.charCodeAt(1);
  STARTS[key] = 1;
  BY_START.set(key, [...(BY_START.get(key) ?? []), word]);
}
for (const word of TOKENS) addWord(word, word);
for (const word of COMMANDS) {
  const [a = '', b = ''] = word;
  for (const first of new Set([a, a.toUpperCase()])) {
    for (const second of new Set([b, b.toUpperCase()])) addWord(first + second, word);
  }
}
const COMMAND_SET: ReadonlySet<string> = new Set(COMMANDS);

/** Returns what a string may contain, as bits of {@link Suspect}. */
export function scan(text: string): number {
  let found = 0;
  let before = 0;
  const { length } = text;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? (CLASSES[code] as number) : 0;
    if (kind === WORD) {
      if (before !== WORD) {
        const next = index + 1 < length ? text.charCodeAt(index + 1) : 0;
        if (next < 128 && STARTS[code * 128 + next] === 1) found |= wordAt(text, index, code, next);
      }
    } else if (kind === ASSIGN) {
      found |= Suspect.assignment;
      if (code === 58 && text.charCodeAt(index + 1) === 47) found |= Suspect.url;
    } else if (kind === AT) found |= Suspect.url;
    else if (kind === DASH && before !== WORD) {
      const next = text.charCodeAt(index + 1);
      // A flag (`-u`, `--password`) or the head of a PEM block.
      if (next === 45 || ((next | 32) === 117 && before === 0)) {
        found |= Suspect.command | Suspect.assignment | Suspect.token;
      }
    }
    before = kind;
  }
  return found;
}

function wordAt(text: string, index: number, code: number, next: number): number {
  let found = 0;
  for (const word of BY_START.get(code * 128 + next) ?? []) {
    if (COMMAND_SET.has(word)) {
      if (text.slice(index, index + word.length).toLowerCase() === word) {
        found |= Suspect.command | Suspect.token;
      }
    } else if (text.startsWith(word, index)) found |= Suspect.token;
  }
  return found;
}
