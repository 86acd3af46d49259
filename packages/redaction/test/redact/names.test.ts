import { isSecretKey, redactText, setRedaction } from '@map/redaction';
import { expect, it } from 'vitest';

const VALUE = 'zq8Kt3vLw9';
const NAMES = [
  ...['password', 'passwd', 'passphrase', 'passkeys', 'password_hash', 'smtp_pass', 'db_pw', 'pwd'],
  ...['npm_auth', 'client_secret', 'secret_text', 'token', 'token_value', 'api_tokens', 'api_keys'],
  ...['access_key_id', 'private_key_pem', 'secret_key_base', 'client_key_data', 'mfa_codes'],
  ...['code_verifier', 'client_assertion', 'security_answer', 'authorization', 'cookies', 'creds'],
  ...[
    'session_id',
    'sess_key',
    'jwts',
    'signature',
    'otp',
    'mnemonic',
    'seed_phrase',
    'recovery_phrase',
    'auth_header',
    'authorization_headers',
    'wifi_psk',
    'priv_key',
    'wallet_key',
    'cvc',
    'cvv2',
  ],
  ...['api_key_2', 'jwt_secret_v3', 'password_old', 'api_key_prod', 'secret_b64', 'token_encoded'],
  ...['github_pat', 'stripe_key', 'credentials', 'secret_primary', 'token_staging'],
  ...['passwort', 'kennwort', 'contrasena', 'senha', 'mot_de_passe', 'wachtwoord', 'user_salt'],
  ...['pass', 'pw', 'auth', 'bearer', 'sig', 'pin', 'salt', 'sid', 'csrf', 'xsrf', 'signatures'],
  ...['contrasenya', 'passord', 'adgangskode', 'kodeord', 'losenord', 'salasana'],
  ...[
    'heslo',
    'geslo',
    'haslo',
    'lozinka',
    'zaporka',
    'parool',
    'slaptazodis',
    'mat_khau',
    'kata_sandi',
    'jelszo',
    'sifre',
  ],
  ...['devops_pat', 'gh_pat', 'gitlab_pat', 'saml_assertion', 'cvv', 'db_pass', 'sess_cookie'],
];
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replaceAll('_', '-'),
  (name) => name.replaceAll('_', '.'),
  (name) => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
  (name) => `${name}_`,
  (name) => name.replace(/(?=.$)/, '_'),
  (name) => name.replace(/(?=..$)/, '-'),
  (name) => name.replace(/^../, '$&_'),
  (name) => [...name].join('.'),
];
const FORMS: readonly ((name: string) => string)[] = [
  (name) => `${name}=${VALUE}`,
  (name) => `${name} : ${VALUE}`,
  (name) => `{"${name}":"${VALUE}"}`,
  (name) => `{\\"${name}\\":\\"${VALUE}\\"}`,
  (name) => `%22${name}%22%3A%22${VALUE}%22`,
  (name) => `&quot;${name}&quot;:&quot;${VALUE}&quot;`,
  (name) => `\\u0022${name}\\u0022:\\u0022${VALUE}\\u0022`,
  (name) => `{ '${name}' => '${VALUE}' }`,
  (name) => `?${name}\\u003d${VALUE}`,
  (name) => `[Symbol(${name})]: '${VALUE}'`,
  (name) => `--${name} ${VALUE}`,
];

it('finds each secret name in each spelling and form', () => {
  const names = NAMES.flatMap((name) => SPELLINGS.map((spell) => spell(name)));
  expect(names.filter((name) => !isSecretKey(name))).toEqual([]);
  const lines = names.flatMap((name) => FORMS.map((form) => form(name)));
  expect(lines.filter((line) => redactText(line).includes(VALUE))).toEqual([]);
});

it.each(['Losung', 'x', 'id', 'a1b', 'room9', 'my id', 'a__1_b'])(
  'finds a name of the policy: %s',
  (name) => {
    const undo = setRedaction({ keys: [name] });
    const lines = [`${name}=${VALUE}`, `{"${name.toUpperCase()}": "${VALUE}"}`].map((line) =>
      redactText(line),
    );
    undo();
    expect(lines.join()).not.toContain(VALUE);
    expect(redactText(`{"${name}": "${VALUE}"}`)).toContain(VALUE);
  },
);

it('finds two words, a word before the sign, and the names of a query', () => {
  const lines = [
    `API key: ${VALUE}`,
    `access token provided: ${VALUE}`,
    `The pass phrase is: ${VALUE}`,
    `The token was given: ${VALUE}`,
    `jwt passwordconfirmation\\\\u0022=${VALUE}`,
    `connects id: ${VALUE}`,
    `jwt my_longest_passwordconfirmation=${VALUE}`,
    `/a?k=${VALUE}`,
    `to=%3Fk=${VALUE}`,
    `/a?x=1&sig=${VALUE}`,
  ];
  expect(lines.filter((line) => redactText(line).includes(VALUE))).toEqual([]);
});
