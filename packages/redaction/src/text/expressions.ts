// What programs write behind a secret name: the call of a function, a member of an object, a type.

/** The value of a program's expression: `getToken()`, `input.password`, `Buffer.alloc(32)`. */
const EXPRESSION =
  /^[A-Za-z_$][A-Za-z_$]*(?:\??\.[A-Za-z_$]+)*\(\{?$|^[a-z]+(?:\??\.[A-Za-z]+)*\??\.(?:authorization|cookie|\w*(?:password|secret|token|key))$|^[A-Za-z_$]+(?:\??\.[A-Za-z_$]+)*\((?:[$a-z_.]{1,64}\(?|\$?\d{1,6}|[a-z_]{1,32}=\w{1,16})$|^(?:var|local|data|module|each|config|settings|env|options|opts|this|self|req|ctx|input|params|args|props|state|(?:random|aws|azurerm|google|vault|tls)_[a-z_]+)(?:\??\.[A-Za-z_]{1,64})+$/i;

/** A type of a program behind a colon: `secret: SecretService`. */
const IDENTIFIER =
  /^(?:Buffer|CryptoKey|KeyObject|[A-Z][a-z]{2,16}[A-Za-z]{0,16}?(?:Service|Provider|Array|Kind|Type|Config|Options|Model|Dto|Entity|Schema|Input|Str|String|Ref)|[A-Z][A-Za-z]{2,20}(?:\.|::)[A-Z][A-Za-z]{2,20}\(?[a-z]*)$/;

/** The head of a regular expression: `token=([^&]+)`. */
const PATTERN = /^\(?(?:\[\^|\\[wSd]|\.[*+]|\?[:=!<])/;

/** One that reads a value, or takes one apart: `config.get('api_key')`, `getpass('Password: ')`. */
const READER =
  /(?:\bget|\benv|getenv|getpass|\binput|prompt|get_?(?:secret|item|string|header|parameter|property|attribute|cookie|value)|settings?|\.(?:split|replace|match|header|includes|startsWith))\($/i;

/** Whether an unquoted value behind a colon is a type. */
export function isType(value: string): boolean {
  return IDENTIFIER.test(value);
}

/** Whether a value begins like a regular expression. */
export function isPattern(value: string): boolean {
  return PATTERN.test(value);
}

/** Whether an unquoted value is the expression of a program; `next` stands behind it. */
export function isExpression(value: string, next: string): boolean {
  // Kubernetes: `volume "db-credentials" : secret "db-credentials" not found`
  if (value === 'secret' || value === 'configmap') return /^ \\{0,8}"/.test(next);
  if (!EXPRESSION.test(value)) {
    if (/^[a-z]+\.[a-z]+$/i.test(value)) return /^<\w+>\(/.test(next);
    return /^[A-Z][A-Za-z]+$/.test(value) && /^<[A-Z]\w*>/.test(next);
  }
  return next[0] === ')' || next[0] === '{' || !value.endsWith('(');
}

/** Whether a call reads the value of a name, which is its argument. */
export function isReader(call: string): boolean {
  return READER.test(call);
}
