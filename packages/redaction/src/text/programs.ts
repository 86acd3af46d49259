import { anyCase, type Rule } from './rule.ts';

// Credentials among the arguments of programs.

const QUOTE = '\\\\{0,8}["\']';

/** The quote before an argument, which is escaped in JSON. */
const OPEN = `(?:${QUOTE})?`;

/** One argument, in quotes also with spaces. */
const ARGUMENT =
  '(?:(?<=["\'])(?=\\S)(?:[^"\'\\\\\\n]|\\\\(?!\\\\{0,7}["\']))+|(?!\\\\{1,8}["\'])[^\\s"\']+)';

/** One that looks random. */
const RANDOM = '(?=[\\w-]*\\d)(?=[\\w-]*[A-Za-z])[\\w-]{8,}';

/** Behind the program's name: its other arguments. */
const ARGUMENTS = '(?: [^\\n|;&]{0,200}?)?';

/** `name:` behind a flag; the ids of a user and a group are not credentials. */
const USER = `(?! \\d+:\\d+(?!\\S))[ =]?${OPEN}[^\\s:"'<-][^\\s:"']{0,255}:`;

const CLIENT = `[\\w-]{0,16}${ARGUMENTS} -p${OPEN}`;
const PASSWORD = `(?!ort|rotocol|lugin)${ARGUMENT}`;

/** Where a program reads a password that a pipe gives it. */
const READER = '(?:-stdin|chpasswd|--with-token|sudo -S)';

export const PROGRAM_RULES: readonly Rule[] = [
  { before: '(?:^|\\s)', key: '-[uU]', after: USER, value: ARGUMENT },
  { before: '(?:^|\\s)', key: '--u', after: `ser${USER}`, value: ARGUMENT },
  { before: '(?:^|\\s)--pro', key: 'xy-', after: `user${USER}`, value: ARGUMENT },
  { before: '\\bss', key: 'hpa', after: 'ss -p ?', value: '\\S+' },
  // Programs with a flag of one letter for the password.
  { before: '\\b', key: 'mys', after: `ql${CLIENT}`, value: PASSWORD },
  { before: '\\bmar', key: 'iad', after: `b${CLIENT}`, value: PASSWORD },
  { before: '\\bmo', key: 'ngo', after: `\\w{0,8}${ARGUMENTS} -p ${OPEN}`, value: ARGUMENT },
  {
    before: `\\bcurl${ARGUMENTS}`,
    key: ' -b',
    after: ` ${OPEN}`,
    value: '(?=[\\w.-]{1,64}=)[^"\'\\n]+',
  },
  {
    before: `\\b(?:https?|xh)${ARGUMENTS}`,
    key: ' -a',
    after: ` ${OPEN}[^\\s:"'-][^\\s:"']{0,64}:`,
    value: ARGUMENT,
  },
  { before: '\\bs', key: 'qlp', after: 'lus(?: -\\w{1,8})? \\w{1,64}/', value: '[^\\s@"\']+' },
  {
    before: '\\bsmb',
    key: 'cli',
    after: `ent${ARGUMENTS} -U ${OPEN}[^\\s%"']{1,64}%`,
    value: ARGUMENT,
  },
  {
    before: '\\bh',
    key: 'tpa',
    after: `sswd -[a-zA-Z]{0,6}b[a-zA-Z]{0,6}(?: -\\w{1,4}){0,4} \\S{1,128} [^\\s-]\\S{0,63} ${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: '\\brabb',
    key: 'itm',
    after: `qctl (?:add_user|change_password|authenticate_user) \\S{1,64} ${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: ' -(?:src|dest)?(?:store|key)',
    key: 'pas',
    after: `s ${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: '\\b',
    key: 'ech',
    after: `o ${OPEN}`,
    value: `(?=[^\\n|]{1,512}\\| ?[^\\n]{0,64}${READER})[^"'|\\s\\\\]+`,
  },
  {
    before: '\\bdb\\.a',
    key: 'uth',
    after: `\\(${QUOTE}[^"'\\\\]{0,64}${QUOTE}, ?${QUOTE}`,
    value: '[^"\'`\\\\\\n]+',
  },
  // `auth=('ann', '…')`, `HTTPBasicAuth('ann', '…')`, `smtp.login('ann', '…')`
  {
    before: '(?:\\b|_|[a-z](?=A))[aA]',
    key: 'uth',
    after: `\\s?=?\\s?\\(${QUOTE}[^"'\\\\]{0,64}${QUOTE}, ?${QUOTE}`,
    value: '(?![/.])(?=[^\\s"\']{0,64}\\d)[^\\s"\'`\\\\]+',
  },
  {
    before: '\\bl',
    key: 'ogi',
    after: `n\\(${QUOTE}[^"'\\\\]{1,64}${QUOTE}, ?${QUOTE}`,
    value: '(?![/.])(?=[^\\s"\']{0,64}\\d)[^\\s"\'`\\\\]+',
  },
  {
    before: `\\b(?:(?:un)?zip|sqlcmd|bcp|mosquitto_[a-z]{2,3}|ipmitool)${ARGUMENTS}`,
    key: ' -P',
    after: ` ?${OPEN}`,
    value: ARGUMENT,
  },
  { before: '\\b', key: 'lda', after: `p[a-z]{3,8}${ARGUMENTS} -w ${OPEN}`, value: ARGUMENT },
  { before: '\\b(?:vault|cargo|wandb) l', key: 'ogi', after: 'n ', value: RANDOM },
  { before: '\\b(?:un)?', key: 'rar', after: ' [^\\n|;&]{0,200}? -(?:hp|p)', value: ARGUMENT },
  { before: '\\b', key: '7z ', after: '[^\\n|;&]{0,200}? -p', value: ARGUMENT },
  {
    before: '\\b(?:redi|valke)',
    key: '[sy]-[cb]',
    after: `(?:li|enchmark)${ARGUMENTS} -a ${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: `\\b(?:(?:docker|podman|helm|az|cf|oc) (?:registry )?login|twine upload|cqlsh|psexec|rdesktop)${ARGUMENTS}`,
    key: ' -p',
    after: ` ${OPEN}`,
    value: ARGUMENT,
  },
  // Credentials of package managers and object stores, of Redis' users, of remote desktops
  { before: 'http-', key: 'bas', after: `ic\\.\\S{1,64} \\S{1,64} ${OPEN}`, value: ARGUMENT },
  { before: '\\bpyp', key: 'i-t', after: `oken\\.\\S{1,64} ${OPEN}`, value: ARGUMENT },
  {
    before: '\\bmc al',
    key: 'ias',
    after: ` set \\S{1,64} \\S{1,200} \\S{1,128} ${OPEN}`,
    value: ARGUMENT,
  },
  { before: '\\buser \\S{1,64} o', key: 'n >', after: '', value: '\\S+' },
  { before: '\\b[swx]?free', key: 'rdp', after: `\\d?${ARGUMENTS} /p:${OPEN}`, value: ARGUMENT },
  { before: '\\bs', key: 'cht', after: `asks${ARGUMENTS} /rp ${OPEN}`, value: ARGUMENT },
  {
    before: '-passwor',
    key: 'd-c',
    after: `ommand[ =]${OPEN}(?:echo|printf) ${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: '\\buse',
    key: 'r-s',
    after: `ecrets set ${OPEN}[^\\s"']{1,128}${OPEN} ${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: '\\bb',
    key: 'w u',
    after: `nlock ${OPEN}`,
    value: `(?=[^\\s"']*[\\d!@#$%^&*])${ARGUMENT}`,
  },
  {
    before: '\\bb',
    key: 'w l',
    after: `ogin ${OPEN}[^\\s"'@]{1,64}@[^\\s"']{1,128}${OPEN} ${OPEN}`,
    value: `(?!-)${ARGUMENT}`,
  },
  { before: '\\brclone o', key: 'bsc', after: 'ure ', value: RANDOM },
  { before: '\\boperator uns', key: 'eal', after: ' ', value: RANDOM },
  // openssl's passphrases and keys; `pass:` is an assignment
  {
    before: '\\bope',
    key: 'nss',
    after: `l${ARGUMENTS} -(?:k|K|hmac) ${OPEN}`,
    value: '(?![-<])[^\\s"\']+',
  },
  // Windows: `net use \\\\server\\share password`, also behind the user; `net user ann password /add`
  {
    before: '\\bne',
    key: 't u',
    after: `se (?:[A-Za-z*]: )?\\\\{2,8}\\S{1,200} (?:/[uU]\\w{3}:\\S{1,128} )?${OPEN}`,
    value: '(?![/*])[^\\s"\']+',
  },
  {
    before: '\\bne',
    key: 't u',
    after: `ser [\\w.\\\\-]{1,64} ${OPEN}`,
    value: '(?![/*])[^\\s"\']+(?= /\\w)',
  },
  // A string as the input of a program
  {
    before: `(?:\\bkinit|passwd|secret put|pass insert|${READER})(?: [^\\n|;&]{0,64}?)? ?`,
    key: '<<<',
    after: ` ?${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: '\\bpri',
    key: 'ntf',
    after: ` ${OPEN}`,
    value: `(?=[^\\n|]{1,512}\\| ?[^\\n]{0,64}${READER})[^"'|\\s\\\\]+`,
  },
  // Command lines of platforms
  {
    before: `\\b(?:vercel|fly|flyctl)${ARGUMENTS}`,
    key: ' -t',
    after: ` ${OPEN}`,
    value: '(?!-)[^\\s"\']+',
  },
  {
    before: '(?<=\\bssh-keygen(?: [^\\n|;&]{0,200})?)',
    key: ' -[NP]',
    after: ` ?${OPEN}`,
    value: ARGUMENT,
  },
  { before: `\\blftp${ARGUMENTS}`, key: ' -u', after: ` ${OPEN}[^\\s,"']{1,64},`, value: ARGUMENT },
  { before: `\\bgh secret set${ARGUMENTS}`, key: ' -b', after: `[ =]?${OPEN}`, value: ARGUMENT },
  { before: `\\bgh secret set${ARGUMENTS} -`, key: '-bo', after: `dy[ =]${OPEN}`, value: ARGUMENT },
  {
    before: '(?<=\\bsecret [^\\n]{0,400}?)--fro',
    key: 'm-l',
    after: `iteral[= ]${OPEN}[\\w.-]{1,128}=${OPEN}`,
    value: ARGUMENT,
  },
  {
    before: '(?<=\\bput-parameter [^\\n]{0,400}?)-',
    key: '-va',
    after: `lue[ =]${OPEN}`,
    value: '(?:(?<=SecureString[^\\n]{1,400})|(?=[^\\n]{1,400}SecureString))[^\\s"\']+',
  },
  { before: '\\b', key: 'wpa', after: `_passphrase \\S{1,32} ${OPEN}`, value: ARGUMENT },
  {
    before: '\\bConvertTo-Secu',
    key: 'reS',
    after: `tring (?:-String )?${QUOTE}`,
    value: '[^"\'\\\\]+',
  },
  { before: '\\bsecurity [a-z]{5}', key: '[ek]-k', after: `eychain -p ${OPEN}`, value: ARGUMENT },
  { before: '\\s', key: '-au', after: `th ${OPEN}[^\\s:"']{1,64}:`, value: ARGUMENT },
  // Oracle: `dsn: user/password@host`
  {
    before: '(?<![a-z])',
    key: anyCase('dsn'),
    after: `${OPEN}\\s?[:=]\\s?${OPEN}[\\w.-]{1,64}/`,
    value: '[^\\s/@"\']+(?=@)',
  },
];
