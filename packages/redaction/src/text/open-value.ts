import { isPattern, isType } from './expressions.ts';
import { isComplaint, isLabel } from './remarks.ts';
import { sticky } from './separators.ts';

// What stands behind a secret name and is not a secret: a literal, a state, a type, a placeholder, or
// what `expressions.ts` and `remarks.ts` know.

const NO_VALUE = anyOf([
  // Literals and states
  /\s*|null|undefined|true|false|none|nil|nan|n\/a|tbd|required|missing|invalid|expired|empty|optional|unset/,
  /bearer ?|\d{1,6}(?:\.\d{1,3})?(?:[mµu]?s|min)|include|omit|same-origin|[01]?\.\d{1,6}|\((?:none|null|empty|unset|redacted|hidden|not set|sensitive)/,
  // Masks, and signs alone
  /redacted|hidden|masked|\[(?:redacted|filtered|masked|hidden)\]|[\w-]{0,12}\*{3,}\w{0,4}/,
  /[-–—_.*•#]+|[!-/:-@[-^`{-~]{1,3}|\?/,
  // Types, and the marks of values that were not printed
  /(?:string|number|boolean|object|any|unknown|never)!?/,
  /\[(?:(?:async)?function|getter|setter|object|array|circular|class|truncated|unreadable)\b.*/,
  // Parameters of statements, variables of shells and programs
  /\$\d+|%[sdojO]|:[a-z_]\w*|@\w+|\$\{?[A-Z_]\w*\}?-?|\$\([a-z].*|process\.env\.\w+!?|\$\{\w{1,64}:?\?.*/,
  /(?:os\.environ(?:\.get)?|os\.getenv|Deno\.env\.get|process\.env|import\.meta\.env|st\.secrets)[[(]/,
  /(?:import\.meta\.)?env\.\w+/,
  // Templates and placeholders
  /\$\{\{.*|(?:\$\{[^{}]*\}[.:/ -]?)+|\{\{[^{}]*\}\}|\{\{?\w*\}?\}|<[\w -]*>/,
  /[a-z_-]{0,16}(?:\.{3}|…|x{4,})|your[-_ ][a-z_-]+/,
  // References to a store of secrets, and encrypted values
  /(?:arn:aws[\w-]*|vault|op|ref\+\w+|sm|ssm|secretsmanager|keyvault|secretref|file|env):[\w/:.#@+-]*/,
  /projects\/[\w/-]+|!(?:vault|ref|sub|getatt|secret|env)|ENC\[.*/,
]);

// Unquoted words that are not secrets: a state, a method, a type, the start of an expression.
const BARE_WORD =
  /^(?:(?:in|un)?(?:valid|verified|changed|set|active|specified)|present|absent|read|write|revoked|rotated|refreshed|updated|deleted|accepted|rejected|denied|failed|pending|mismatch|disabled|enabled|ok|on|off|yes|no|await|new|this|expected|one-time|jwt|oauth2?|basic|digest|oidc|saml|ldap|mtls|include|omit|same-(?:origin|site)|[rhep]s(?:256|384|512)|eddsa|argon2(?:id|i|d)?|bcrypt|scrypt|pbkdf2|sig(?:term|int|kill|hup|quit|usr[12]|abrt|segv|pipe)|s-1-[\d-]+|str|int|bool|bytes|uuid|varchar|text|optional\[.*|(?:z|v|t|yup|joi|schema|schemas|type|fields|models)\.[a-z]+\(?.*)$/i;

// The form of a header that a message explains: `Authorization: Bearer YOUR_KEY`.
const FORM =
  /(?:(?:bearer|basic|token|apikey) (?:your[ _-]|<|\$|\{|\*{2})|\[(?:redacted|filtered|masked|hidden)\])/iy;

/** What a permission or a key of a translation says behind the colon: `secret:read`. */
const ACTION =
  /^(?:read|write|list|create|update|delete|reset|change|manage|rotate|view|revoke|verify|refresh|admin|chauthtok|placeholder|label|title|hint|index|all|count|lock|\d{1,3})(?::[\w*:-]{0,64})?$|^[a-z]{2,20}\.(?:[a-z]{2,20}\.)?(?:placeholder|label|title|hint|forgot|reset|expired|invalid|required)$/i;

/** A word in the query of a page rather than a key: `?key=title`. */
const PLAIN = /^[a-z]{1,5}$|^[a-z]{2,12}(?:[_-][a-z]{2,12}){1,2}$/;

/** The path of a file, such as that of a folder of secrets. */
const PATH =
  /^(?:\.{0,2}|~)(?:\/\.?[a-z][a-z._-]*){2,}$|^[a-z]{1,20}(?:-[a-z]{1,20}){0,3}\.(?:crt|key|pem|p12|pfx|pub|json|ya?ml|toml|env|txt)$/;

/** Also names of counts: `pass: 3`, `cookies: 12`, `?code=404`. */
const COUNTED =
  /^(?:pass|pin|sid|salt|cookie|sessionid|code|k)$|(?:keys|codes|cookies|credentials|secrets|passwords|signatures|sessionids)$/i;

/** What is made at random, and what is said about it: `token: cached`, `otp: skipped`. */
const RANDOM_NAME =
  /(?:tokens?|signatures?|auth|credentials?|otp|sid|cookies?|bearer|csrf|secrets|session_?id)$/i;
const STATE =
  /^(?:(?:re)?(?:cached|issued|used|sent|loaded|created|stored|found|granted|checked|generated)|skipped|stale|malformed|inherit|refreshing|fresh|new|old|found|kept|reused|lost|eof|identifier|keyword|punctuator|number|newline|comma|colon|semicolon|bracket)$/i;

/** How one signs in: `auth: rbac`. */
const METHOD =
  /^(?:password|passkey|bearer|token|jwt|session|cookie|api_?key|rbac|abac|iam|sso|pkce|env|default|anonymous|guest|magic-?link|webauthn|plain|login|external|ntlm|gssapi|xoauth2|cram-md5|scram-sha-\d{1,3})$/i;
const AUTH = /^auth(?:orization)?$/i;

/** The name of an algorithm: `signature: rsa_pss_rsae_sha256`. */
const ALGORITHM =
  /^(?:(?:rsa|rsae|ecdsa|ed25519|ed448|sha-?\d{0,3}|hmac|md5|pss|pkcs1|secp\d{3}[rk]1|with(?:rsa|ecdsa))(?:encryption)?[-_]?){1,5}$/i;

/** A token of a model in a list of probabilities: `{"token":" the","logprob":-0.1}`. */
const BEFORE_PROBABILITY = /\\{0,8}["']\s?,\s{0,8}\\{0,8}["']?(?:logprob|text_offset|bytes)\b/y;

/** Where an unquoted value stands: behind a colon with a blank, without one, or behind another sign. */
export type Place = 'colon' | 'glued' | 'other';

/** Whether an unquoted value may be shown. */
export function isOpenWord(value: string, name: string, place: Place): boolean {
  const isGlued = place === 'glued';
  if (place === 'colon') {
    if (isType(value) || (RANDOM_NAME.test(name) && STATE.test(value))) return true;
  }
  if (NO_VALUE.test(value) || BARE_WORD.test(value) || PATH.test(value)) return true;
  if (isPattern(value) || (isGlued && ACTION.test(value))) return true;
  if (AUTH.test(name) && METHOD.test(value)) return true;
  if (/^(?:old)?pwd$/i.test(name) && /^[/~][a-z._/-]*$/.test(value)) return true;
  // `this.token = token`, `secret: Secret`
  const last = /\w*$/.exec(name)?.[0].toLowerCase();
  if (value !== name.trim() && value.toLowerCase() === last) return true;
  if (/tokens?$/i.test(name)) return /^\d{1,7}$/.test(value);
  if (/signature$/i.test(name)) return ALGORITHM.test(value) || /^\w*\(/.test(value);
  if (/^(?:key|code|k)$/i.test(name) && PLAIN.test(value)) return true;
  return COUNTED.test(name) && /^\d{1,3}$/.test(value);
}

/** Whether the content of quotes may be shown. */
export function isOpenQuoted(value: string, name: string): boolean {
  if (value.length > 200) return false;
  if (NO_VALUE.test(value)) return true;
  if (/^accesskey$/i.test(name) && value.length === 1) return true;
  if (/storage_?key$/i.test(name) && /^[a-z:._-]{1,32}$/i.test(value)) return true;
  if ((AUTH.test(name) && METHOD.test(value)) || isComplaint(value)) return true;
  return isLabel(value, name);
}

/** Whether the form of a header stands at a place. */
export function isForm(text: string, at: number): boolean {
  return sticky(FORM, text, at) !== '';
}

/** Whether a quoted value that ends at a place is a token of a model. */
export function isModelToken(text: string, at: number, name: string): boolean {
  return /^token$/i.test(name) && sticky(BEFORE_PROBABILITY, text, at) !== '';
}

/** Whether a name is that of something made at random, of which states are said. */
export function isRandomName(name: string): boolean {
  return RANDOM_NAME.test(name);
}

function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(`^(?:${patterns.map(({ source }) => source).join('|')})$`, 'i');
}
