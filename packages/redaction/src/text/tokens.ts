import { MASK } from '../words/words.ts';
import {
  CERTAIN,
  CERTAIN_BASE64,
  EXACT,
  KEYS,
  LIKELY,
  mixed,
  prefixRule,
  START,
} from './prefixes.ts';
import { lazily, masking, type Replacement, type Rule, replaceAll } from './rule.ts';

// Keys and tokens that can be recognised by themselves. Each pattern is anchored at the beginning of
// a word and consumes the whole word, so no place is looked at again and time grows only with length.

/** One character of Base64, also in the query of a URL. */
const BASE64 = '(?:[\\w+/=-]|%(?:25)?(?:2[BbFf]|3[Dd]))';

/** The id of an AWS key, also in the spelling of other clouds. */
const KEY_ID = '(?=[A-Za-z]*(?:\\d|[a-z][A-Z]))[A-Za-z0-9]{12,}(?![\\w-])';

const PEM =
  'IN(?:[A-Z0-9 +]|%20){0,60}?PRIVATE(?: |\\+|%20)KEY[\\s\\S]*?(?:-----END[^-\\n]{0,80}-----|$)';

/** The lines of a key in Base64. */
const LINES =
  '[\\w+/]{16,}={0,2}(?:(?:\\r?\\n|(?:\\\\{1,4}r)?\\\\{1,4}n) ?[\\w+/]{40,}={0,2})*(?:(?:\\r?\\n|(?:\\\\{1,4}r)?\\\\{1,4}n) ?[\\w+/]+={1,2})?';

const OTHERS: readonly Rule[] = [
  { before: '-----', key: 'BEG', after: PEM },
  // Private keys without the lines around them: PKCS#1, 8 and 12, elliptic curves, OpenSSH
  word('IBA', `[AD]${LINES}`, 'MII[A-Za-z\\d+/]{2}[AQgw]'),
  word('[cQ]CA', `QEE${LINES}`, 'MH'),
  word('gE[AB]', `[BM]${LINES}`, 'M[IHG][A-Za-z\\d+/]{1,2}A'),
  word('C4C', `AQAwBQYDK2V${LINES}`, 'M'),
  word('3Bl', `bnNzaC1rZXktdjE${LINES}`, 'b'),
  // PEM in Base64, PuTTY
  word('S0t', `LS1CRUdJTi${LINES}`, 'L'),
  word('uTT', 'Y-User-Key-File-\\d:[\\s\\S]*', 'P'),
  word('ya2', '9\\.[\\w.-]{8,}'),
  word('SG\\.', '[\\w.-]{8,}'),
  word('hv[sbr]', '\\.[\\w.-]{8,}'),
  word('dp\\.', '(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{8,}'),
  word('AQ\\.', '[\\w.-]{8,}'),
  word('1//', '0[\\w-]{16,}'),
  word('%2[Ff]', '%2[Ff]0[\\w-]{16,}', '1'),
  // AWS, Tencent, Alibaba
  word('KI[AD]', KEY_ID, 'A'),
  word('SIA', KEY_ID, 'A'),
  word('LTA', `I${KEY_ID}`),
  word('TAK', '-[\\w-]{12,}/[\\da-f]{40}', 'bce-v3/AL'),
  word('KLT', KEY_ID, 'A'),
  word('SCW', '(?=[A-Z]*\\d)[A-Z\\d]{17}(?![\\w-])'),
  word('ROA', KEY_ID, 'A'),
  word('AID', `A${KEY_ID}`),
  word('KIA', '[A-Z0-9]{12,}', 'A'),
  word('SIA', '[A-Z0-9]{12,}', 'A'),
  // Atlassian, Bedrock, Databricks
  word('[AC]TT', `3?\\w[-_]?${BASE64}{6,}`, 'AT'),
  word('BSK', `${BASE64}{6,}`, 'A'),
  word('dap', `i(?=[\\da-f]{32})${BASE64}{6,}`),
  // Google, Facebook, sessions of AWS
  word('AIz', `a${BASE64}{16,}`),
  word('EAA', `[A-Za-z]${BASE64}{16,}`),
  word('Fwo', `G${BASE64}{16,}`),
  word('IQo', `J${BASE64}{16,}`),
  // JSON in Base64: a JWT by its parts, or by the names in its header; settings of Docker
  word('eyJ', '[\\w-]{6,}(?:\\.[\\w-]*){1,4}'),
  word(
    'eyJ',
    '(?:hbGci|0eXAi|raWQi|lbmMi|qa3Ui|4NX|jdHki|6aXAi|qd2si|jcml0|1c2VybmFtZ|wYXNz|hdXRo|zZWNy|0b2tl|hcGl)[\\w+/-]{6,}={0,2}',
  ),
  // NATS, wallets
  word('SU[AO]', '[A-Z2-7]{55}(?!\\w)'),
  word('prv', '[1-9A-HJ-NP-Za-km-z]{80,}', '[xyz]'),
  // Bots of Telegram
  word(':AA', '[\\w-]{30,}', '\\d{8,10}'),
  word('3[Aa]A', 'A[\\w-]{30,}', '\\d{8,10}%'),
  // HashiCorp, Dropbox
  word('asv', '1\\.[\\w-]{40,}', '\\w{14}\\.atl'),
  word('sl\\.', '(?:u\\.)?[\\w-]{60,}'),
  // Azure: the secret of an application, a token of DevOps
  word('\\dQ~', '[\\w~.-]{31,}', '[\\w~.-]{3}'),
  word('ZDO', '[A-Za-z\\d]{4}', '[A-Za-z\\d]{76}A'),
  // Batches of HashiCorp's Vault before 1.10, Modal
  word('AAA', 'AAQ[\\w-]{30,}', 'b\\.'),
  word('a[ks]-', mixed(22)),
  // Bitbucket, crates.io, JFrog, EasyPost, Braintree, Asana, Infisical
  word('TBB', '[A-Za-z\\d]{20,}', 'A'),
  word('cio', '(?=[A-Za-z]*\\d)[A-Za-z\\d]{32}(?![\\w-])'),
  word('cmV', 'mdGtu\\w{20,}'),
  word('EZ[AT]', 'K[A-Za-z\\d]{20,}'),
  word('n\\$[ps]', '(?:roduction|andbox)\\$\\w{4,}\\$\\w{8,}', 'access_toke'),
  word('[12]/1', '\\d{15}(?:/\\d{16})?:[\\da-f]{32}'),
  word('st\\.', '[\\da-f-]{8,40}\\.[\\da-f]{32}(?:\\.[\\da-f]{32,})?'),
  // PASETO, hashes of passwords
  word('\\.lo', 'cal\\.[\\w.-]{16,}', 'v[1-4]'),
  word('ubl', 'ic\\.[\\w.-]{16,}', 'v[1-4]\\.p'),
  word('\\$2[aby]', '\\$\\d\\d\\$[./A-Za-z\\d]{31,}'),
  word('\\$ar', 'gon2(?:id|i|d)\\$[\\w.$=,+/-]+'),
  word('\\$ap', 'r1\\$[\\w.$/]+'),
  word('\\$[156y]\\$', '(?:rounds=\\d{1,9}\\$)?(?:[./\\w]{2,40}\\$){1,3}[./A-Za-z\\d]{16,}'),
  word('SHA', `\\d{0,3}\\}${BASE64}{20,}`, '\\{S?'),
  word('AM-', 'SHA-\\d{1,3}\\$\\d{4,7}:[\\w+/=]{4,}\\$[\\w+/=]{8,}(?::[\\w+/=]+)?', 'SCR'),
  word('kdf', '2_sha\\d{1,3}\\$\\d{3,8}\\$[^\\s$]{1,64}\\$[\\w+/=]{16,}', 'pb'),
  word('ryp', 't:\\d{1,8}:\\d{1,3}:\\d{1,3}\\$\\w{1,64}\\$[\\da-f]{32,}', 'sc'),
  // A PEM block that is in Base64 twice
  word('FMw', `dExTMUNSVWRKVGl${BASE64}{6,}`, 'T'),
  // Secrets of a browser at Stripe
  word('ecr', 'et_[A-Za-z\\d]{16,}', '(?:pi|seti|cs)_\\w{4,40}_s'),
  // Adyen
  word('AQE', `\\whm${BASE64}{40,}[^\\s"']*`),
  // Square
  word('sq0', '\\w{3}[-_][\\w-]{6,}'),
  // Twilio, Mailchimp, JFrog, NuGet, Brave
  word('SK[0123456789abcdef]', '[\\da-f]{31}(?!\\w)'),
  word('-us', '\\d{1,2}(?!\\w)', '[\\da-f]{32}'),
  word('KCp', '[A-Za-z\\d]{20,}', 'A'),
  word('oy2', '[a-z2-7]{43}(?!\\w)'),
  // DataStax, Salesforce, Dynatrace, Telnyx, PayPal, Trello
  word('aCS', ':\\w{8,}:[\\da-f]{40,}', 'Astr'),
  word('00D', '[A-Za-z\\d]{12,15}![\\w.]{40,}'),
  word('dt0', '[cs]\\d\\d\\.[A-Z\\d]{8,24}\\.[A-Z\\d]{40,}'),
  word('EY0', '[\\dA-F]{20,}_\\w{10,}', 'K'),
  word('A21', 'AA[\\w-]{40,}'),
  word('TTA', '[\\da-f]{60,}', 'A'),
  // Yandex, New Relic, MaxMind, RapidAPI, Canva, Cloudflare, Apollo
  word('AQV', 'N[\\w-]{30,}'),
  word('t1\\.', '[\\w-]{40,}={0,2}\\.[\\w-]{40,}'),
  word('NRA', 'L(?!\\w)', '[\\da-f]{32,36}(?:FFFF)?'),
  word('mmk', '(?![\\w-])', '\\w{6}_\\w{29}_'),
  word('jsn', '[\\da-f]{12}(?!\\w)', '[\\da-f]{10}msh[\\da-f]{15}p1[\\da-f]{5}'),
  word('cnv', 'ca[A-Za-z\\d]{40,}'),
  word('v1\\.', '0-[\\da-f]{24}-[\\da-f]{100,}'),
  word('ce:', `[\\w-]{1,64}:${mixed(22)}`, 'servi'),
  word('QQJ', '99[A-Za-z\\d]{26}(?!\\w)', '[A-Za-z\\d]{52}J'),
  // JSON Web Keys
  {
    before: '',
    key: '"[dk]["\\\\]',
    after: '\\\\{0,8}"?\\s?:\\s?\\\\{0,8}"',
    value: '[\\w-]{32,}',
  },
  word('BSA', '(?=[A-Z\\d_-]*[a-z])(?=[\\w-]*\\d)[\\w-]{28}(?![\\w-])'),
];

/** Azure: a key in Base64 with a signature near its end. */
const AZURE_BEFORE = '[A-Za-z\\d+/]{33,77}';
const AZURE_AFTER = '[A-Za-z\\d+/]{5,10}={0,2}(?![\\w+/=])';
const AZURE: readonly string[] = [
  ...['ACD', 'IoT', 'PIM', 'zSe', 'zFu', 'zCa', 'ASt', 'ASb', 'AEh', 'ARm', 'ACR'],
];

// Nothing in these is rare: Discord, whose first part is a number in Base64, Vault before 1.10, Airtable.
const DISCORD = `(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5}[A-Za-z\\d]{2,6}\\.[\\w-]{6}\\.[\\w-]{27,}`;
const VAULT = `[sr]\\.${mixed(24)}`;
const AIRTABLE = 'pat[A-Za-z\\d]{14}\\.[\\da-f]{40,}';
/** Zhipu and Ollama: an id in hexadecimal, and a random word. */
const DOTTED_KEY =
  '[\\da-f]{32}\\.(?=[A-Za-z_-]*\\d)(?=[a-z\\d_-]*[A-Z])(?=[A-Z\\d_-]*[a-z])[\\w-]{16,32}(?![\\w-])';

/** The parts of a token, the second of which may be its version. */
const PARTS = '[\\w-]{6,}(?:\\.\\d\\d(?=\\.))?(?:\\.[\\w-]{6,}){0,2}';

const replacements = lazily((): readonly Replacement[] => [
  [new RegExp(`${START}(?:${CERTAIN_BASE64.join('|')})${BASE64}{6,}`, 'g'), MASK],
  ...OTHERS.map((rule) => masking(rule, MASK)),
  // One pattern for all: each on its own looks at every word.
  [new RegExp(`${START}${AZURE_BEFORE}(?:${AZURE.join('|')})${AZURE_AFTER}`, 'g'), MASK],
  [new RegExp(`${START}(?:${CERTAIN.join('|')})${PARTS}`, 'g'), MASK],
  ...EXACT.map((parts) => masking(prefixRule(...parts), MASK)),
  [new RegExp(`${START}(?:${DISCORD}|${VAULT}|${AIRTABLE}|${DOTTED_KEY})`, 'g'), MASK],
]);

const perhaps = lazily(
  () => new RegExp(`${START}(?:${[...LIKELY, ...KEYS].join('|')})[\\w-]{8,}`, 'g'),
);
const ONE_OF_KEYS = new RegExp(`^(?:${KEYS.join('|')})`);

// The parts of a name, such as `check`, `authToken`, `all2`, `70b`, `v2` and `2024`.
const WORD =
  /^(?:[A-Z]?[a-z]{1,14}\d{0,2}|[a-z]{2,8}(?:[A-Z][a-z]{2,8}){1,2}|\d{1,8}|\d{1,3}[a-z]{1,2})$/;
const LETTERS = /^[a-z]{1,14}$/;

/** A pod of Kubernetes: `pa-worker-5d4f9b7c8-x2x4q`. */
const POD = /^[a-z]{2,10}(?:-[a-z]{2,14}){1,4}-[bcdf-hj-np-tv-z\d]{8,10}-[a-z\d]{5}$/;

/** The rules of all recognised tokens, except {@link DOTTED}. */
export function tokenRules(): readonly Rule[] {
  return [
    ...OTHERS,
    ...AZURE.map((sign) => word(sign, AZURE_AFTER, AZURE_BEFORE)),
    ...CERTAIN.map((prefix) => prefixRule(prefix, '[\\w-]{6}')),
    ...CERTAIN_BASE64.map((prefix) => prefixRule(prefix, `${BASE64}{6}`)),
    ...EXACT.map((parts) => prefixRule(...parts)),
    ...[...LIKELY, ...KEYS].map((prefix) => prefixRule(prefix, '[\\w-]{8}')),
  ];
}

/** Finds a token that has no key, by its first dot. */
export const DOTTED: RegExp =
  /\.(?=[\w-]{6}\.[\w-]{27}|[\w-]{16,32}(?![\w-])|[\da-f]{40})(?<=[\da-f]{32}\.|pat[A-Za-z\d]{14}\.|[MNO][DTjz]\w{20,24}\.|(?<!\w)[sr]\.|[nrtbf\da-fA-F][sr]\.)/;

function word(key: string, after: string, before = ''): Rule {
  return { before: START + before, key, after };
}

/** Masks recognisable keys and tokens. */
export function maskTokens(text: string): string {
  return replaceAll(replacements(), text).replace(perhaps(), (found) => {
    if (POD.test(found)) return found;
    const word = ONE_OF_KEYS.test(found) ? LETTERS : WORD;
    return found.split(/[-_]+/).every((part) => part === '' || word.test(part)) ? found : MASK;
  });
}
