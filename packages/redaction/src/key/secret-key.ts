// Names are compared without case, `-`, `_`, `.` and spaces: `X-Api-Key`, `x_api_key` and `xApiKey`
// are one name. A name is secret by its ending, so that `db_password` and `openaiApiKey` are
// covered without a list of every product.
// Each list has its keys, see `name-keys.ts`: each name in it contains one of them.
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  pas: [
    'pass(?:word|wd|phrase|code|key)s?(?:hash|digest|confirm|confirmation|repeat|again)?',
    'motdepasse',
  ],
  'pas pw': [
    '(?:admin|bind|broker|client|database|db|email|become|ftp|http|imap|key|ldap|login|mail|mongo|mq|mysql|pg|postgres|proxy|rabbit|redis|root|server|smtp|sql|ssh|store|sudo|user|vault|wifi)(?:pass|pw)',
  ],
  uth: [
    '(?:proxy|redis|rediscli|registry|smtp|npm)auth',
    'authorization',
    'auth(?:orization)?headers?',
  ],
  pw: ['pwd'],
  'pas nnw': ['(?:passwor|kennwor)t'],
  // Spanish and Catalan, Portuguese, Dutch, Norwegian, Danish, Swedish, Finnish, Czech and Slovenian,
  // Polish, Croatian and Serbian, Hungarian, Turkish, Estonian, Lithuanian, Indonesian, Vietnamese
  ras: ['contraseny?a'],
  nha: ['senha'],
  htw: ['wachtwoord'],
  'pas gsk kod': ['passord', 'adgangskode', 'kodeord'],
  eno: ['losenord'],
  asa: ['salasana', 'katasandi'],
  esl: ['[hg]eslo'],
  asl: ['haslo'],
  'ozi rka': ['lozink[au]', 'zaporka'],
  'aro taz tkh': ['parool', 'slaptazodis', 'matkhau'],
  'lsz ifr': ['jelszo', 'sifre'],
  sal: ['(?:password|passwd|pw|hash|user|token)salt'],
  ecr: ['secrets?(?:value|text|string|hash)?'],
  tok: [
    'token(?:value|hash)?',
    '(?:access|refresh|auth|api|bearer|session|id|jwt|secret|bot)tokens',
  ],
  key: [
    'apikeys?',
    '(?:secret|private|priv|recovery|wallet|access|account|signing|signature|encryption|decryption|master|root|admin|service|servicerole|subscription|license|deploy|write|ssh|hmac|shared|storage|functions?|ingest|integration|application|client|auth|jwt|unseal|activation|aes|app|consumer|dashscope|deepgram|elevenlabs|fernet|fireworks|moonshot|replicate|resend|sentry|together|vapid|volcengine|voyage|zhipu|anthropic|azure|claude|cohere|cosmos|datadog|deepseek|gemini|github|gitlab|google|groq|huggingface|langfuse|langsmith|mistral|openai|openrouter|perplexity|pinecone|qdrant|sendgrid|slack|stripe|supabase|tavily|twilio|weaviate)keys?',
    'accesskeyids?',
    '(?:private|ssh|signing|encryption)keypem',
    'secretkeybase',
    'clientkeydata',
  ],
  cod: [
    '(?:access|auth|authorization|backup|device|mfa|onetime|otp|recovery|security|totp|verification)codes?',
    'codeverifier',
  ],
  sse: ['(?:client|jwt|saml)assertion'],
  'spa hpa bpa': ['(?:devops|gh|github|gitlab)pat'],
  tya: ['securityanswer'],
  ook: ['cookies?'],
  ede: ['credentials?'],
  eds: ['creds'],
  ses: ['sess(?:ion)?(?:id|key|cookie)s?'],
  jwt: ['jwts?'],
  gna: ['signatures?'],
  otp: ['otp'],
  mne: ['mnemonic'],
  phr: ['(?:mnemonic|recovery|seed)phrase'],
  psk: ['psk'],
  'cvc cvv': ['cv[cv]2?'],
};

// Which of several secrets of one name: `OPENAI_API_KEY_2`, `STRIPE_SECRET_KEY_TEST`, `JWT_SECRET_OLD`.
const WHICH = [
  ...[
    '\\d{1,3}',
    'v\\d',
    'old',
    'new',
    'prev(?:ious)?',
    'current',
    'primary',
    'secondary',
    'backup',
  ],
  ...['prod(?:uction)?', 'dev(?:elopment)?', 'test', 'stag(?:ing|e)', 'live', 'sandbox', 'local'],
  ...['b(?:ase)?64', 'encoded'],
];

/** Names that are secret where they are the whole name, with their keys. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  pas: ['pass'],
  pw: ['pw'],
  uth: ['(?:http|basic)?auth'],
  rer: ['bearer'],
  sig: ['sig'],
  pin: ['pin(?:code)?'],
  sal: ['salt'],
  sid: ['(?:connect)?sid'],
  srf: ['[cx]srf'],
};

/** Names with other letters than ASCII, which `languages.ts` finds in strings. */
export const FOREIGN: readonly string[] =
  'пароль,密码,密碼,密钥,密鑰,令牌,口令,암호,パスワード,暗証番号,비밀번호,סיסמה,كلمة المرور,รหัสผ่าน,contraseña,mật khẩu,hasło,lösenord,jelszó,şifre,apiキー,api schlüssel'.split(
    ',',
  );
const IS_FOREIGN = new RegExp(`(?:${FOREIGN.join('|').replaceAll(' ', '')})$`);

const SECRET = new RegExp(
  `(?:${patterns(ENDINGS)})(?:${WHICH.join('|')})?$|^(?:${patterns(WHOLE)})$`,
);

function patterns(names: typeof ENDINGS): string {
  return Object.values(names).flat().join('|');
}

/** The keys of all these names. */
export const USUAL_KEYS: ReadonlySet<string> = new Set(
  [...Object.keys(ENDINGS), ...Object.keys(WHOLE)].flatMap((keys) => keys.split(' ')),
);

// Endings above that have another, harmless sense: vocabulary tokens of models, places in a list.
const HARMLESS =
  /^oldpwd$|^(?:chpasswd|gpasswd|wpapassphrase)$|askpass(?:word)?$|pullsecrets?$|existingsecret$|invalidcredentials?$|^(?:eos|bos|pad|unk|sep|cls|mask|stop|special|max|unexpected|num|n)token$|(?:first|last|next|per|(?:per|last|first|next)(?:input|output|prompt|completion)|page|progress|sync|resume|continuation|cancel(?:l?ation)?|count)token$/;

/** The longest name that is compared; longer ones are data rather than names. */
const LONGEST_NAME = 256;

/** Removes what makes no difference between two spellings of a name. */
export function plainKey(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '');
}

/** Returns whether a name, as {@link plainKey} writes it, is secret by MAP's own list. */
export function isUsualSecretKey(plain: string): boolean {
  const name = plain.length > LONGEST_NAME ? plain.slice(-LONGEST_NAME) : plain;
  return (SECRET.test(name) && !HARMLESS.test(name)) || IS_FOREIGN.test(name);
}
