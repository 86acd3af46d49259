// Names are compared without case, `-`, `_`, `.` and spaces: `X-Api-Key`, `x_api_key` and `xApiKey`
// are one name. A name is secret by its ending, so that `db_password` and `openaiApiKey` are
// covered without a list of every product.
const ENDINGS = [
  'pass(?:word|wd|phrase|code|key)s?(?:hash|digest|confirm|confirmation|repeat|again)?',
  '(?:admin|bind|broker|client|database|db|email|become|ftp|http|imap|key|ldap|login|mail|mongo|mq|mysql|pg|postgres|proxy|rabbit|redis|root|server|smtp|sql|ssh|store|sudo|user|vault|wifi)(?:pass|pw)',
  '(?:proxy|redis|rediscli|registry|smtp|npm)auth',
  'pwd',
  '(?:passwor|kennwor)t',
  'contrasena',
  'senha',
  'motdepasse',
  'wachtwoord',
  '(?:password|passwd|pw|hash|user|token)salt',
  'secrets?(?:value|text|string|hash)?',
  'token(?:value|hash)?',
  '(?:access|refresh|auth|api|bearer|session|id|jwt|secret|bot)tokens',
  'apikeys?',
  '(?:secret|private|access|account|signing|signature|encryption|decryption|master|root|admin|service|servicerole|subscription|license|deploy|write|ssh|hmac|shared|storage|functions?|ingest|integration|application|client|auth|jwt|unseal|activation|aes|app|consumer|dashscope|deepgram|elevenlabs|fernet|fireworks|moonshot|replicate|resend|sentry|together|vapid|volcengine|voyage|zhipu|anthropic|azure|claude|cohere|cosmos|datadog|deepseek|gemini|github|gitlab|google|groq|huggingface|langfuse|langsmith|mistral|openai|openrouter|perplexity|pinecone|qdrant|sendgrid|slack|stripe|supabase|tavily|twilio|weaviate)keys?',
  'accesskeyids?',
  '(?:private|ssh|signing|encryption)keypem',
  'secretkeybase',
  'clientkeydata',
  '(?:access|auth|authorization|backup|device|mfa|onetime|otp|recovery|security|totp|verification)codes?',
  'codeverifier',
  '(?:client|jwt|saml)assertion',
  '(?:devops|gh|github|gitlab)pat',
  'securityanswer',
  'authorization',
  'cookies?',
  'credentials?',
  'creds',
  'sess(?:ion)?(?:id|key|cookie)s?',
  'jwts?',
  'signatures?',
  'otp',
  'mnemonic',
  'seedphrase',
  'cv[cv]2?',
];

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

/** Names that are secret where they are the whole name. */
const WHOLE = [
  ...[
    'pass',
    'pw',
    'auth',
    'bearer',
    'httpauth',
    'basicauth',
    'sig',
    'pin',
    'pincode',
    'salt',
    'sid',
  ],
  ...['connectsid', 'csrf', 'xsrf'],
];

const SECRET = new RegExp(
  `(?:${ENDINGS.join('|')})(?:${WHICH.join('|')})?$|^(?:${WHOLE.join('|')})$`,
);

// Endings above that have another, harmless sense: vocabulary tokens of models, places in a list.
const HARMLESS =
  /^oldpwd$|^(?:chpasswd|gpasswd|wpapassphrase)$|askpass(?:word)?$|pullsecrets?$|existingsecret$|^(?:eos|bos|pad|unk|sep|cls|mask|stop|special|max|unexpected|num|n)token$|(?:first|last|next|per|(?:per|last|first|next)(?:input|output|prompt|completion)|page|progress|sync|resume|continuation|cancel(?:l?ation)?|count)token$/;

/** The longest name that is compared; longer ones are data rather than names. */
const LONGEST_NAME = 256;

/** Removes what makes no difference between two spellings of a name. */
export function plainKey(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '');
}

/** Returns whether a name, as {@link plainKey} writes it, is secret by MAP's own list. */
export function isUsualSecretKey(plain: string): boolean {
  const name = plain.length > LONGEST_NAME ? plain.slice(-LONGEST_NAME) : plain;
  return SECRET.test(name) && !HARMLESS.test(name);
}

/** Returns what a name that is secret by MAP's own list ends with. */
export function usualEndings(): string[] {
  return [...ENDINGS, ...WHICH, ...WHOLE].flatMap((pattern) =>
    expand(pattern.replace(LEADING, '')),
  );
}

/** A choice before three letters or more, which does not change what a name ends with. */
const LEADING = /^\(\?:[^)]*\)(?=\w{3})/;

/** Returns the words that a pattern of groups, classes and `?` matches. */
function expand(pattern: string): string[] {
  const choice = /\(\?:([\w|?]*)\)(\??)|\[(\w+)\](\??)|(\w)\?/.exec(pattern);
  if (choice === null) return [pattern];
  const [all, words, optional, letters, optionalLetters, letter] = choice;
  const choices = words?.split('|') ?? [...((letters ?? letter) as string)];
  if (optional !== '' && optionalLetters !== '') choices.push('');
  const [before, after] = [
    pattern.slice(0, choice.index),
    pattern.slice(choice.index + all.length),
  ];
  return choices.flatMap((chosen) => expand(before + chosen + after));
}
