import { MASK } from '../words/words.ts';
import { CUT } from './url-signs.ts';

// Up to the last @ before a space, a quote or the next URL: a password that is not encoded may
// contain any other delimiter.
const AUTHORITY = /:\/\/((?:(?!:\/\/)[^\s"'<>`])*)@/g;

/** A user name that may be shown beside its masked password; anything else may be a token. */
const PLAIN_USER = /^[a-z][a-z_.-]{0,19}\d{0,3}$/i;

// A connection string without a scheme, such as `user:password@tcp(host)`.
const SCHEMELESS =
  /((?<![\w.-])(?!(?:npm|jsr|workspace|git|docker|image|mailto|sips?|xmpp|acct|e?mail|from|to|b?cc|by|sender|recipient|reply-to|author|owner|contact|account|actor|member|upn|subject|identity|principal|on-?call|assignee|reviewer|maintainer|signed-off-by|co-authored-by):)[\w.-]{1,64}:)[^\s/@:"'(]{4,256}@(?!sha\d{3}:)(?=[\w([])/g;

// Oracle: `jdbc:oracle:thin:user/password@host`
const ORACLE = /(\bjdbc:oracle:\w{1,8}:[^\s/@]{1,64}\/)[^\s@]{1,256}@/g;

// The credentials of a URL that is itself encoded, as in the query of another one.
const ENCODED = /(%3A%2F%2F)(?:(?!%2F|%3F|%40)[^\s"'<>&]){1,512}(%40)/gi;

/** Masks the credentials in every URL of a string; queries are left to the assignment rules. */
export function maskUrlCredentials(text: string): string {
  let result = text;
  if (result.includes('://')) {
    // Most URLs have no @, and a global replacement is a third of the time that one takes.
    if (result.includes('@')) result = result.replace(AUTHORITY, maskAuthority);
    result = result.replace(CUT, `$1${MASK}`);
  }
  if (result.includes('%40')) result = result.replace(ENCODED, `$1${MASK}$2`);
  if (!result.includes('@')) return result;
  if (result.includes(':oracle:')) result = result.replace(ORACLE, `$1${MASK}@`);
  return result.replace(SCHEMELESS, `$1${MASK}@`);
}

function maskAuthority(all: string, found: string): string {
  const path = found.search(/[/?#]/);
  const at = all.lastIndexOf('@', path < 0 ? all.length : path + 3);
  if (path >= 0 && at > 2) {
    // The @ is before the path; what follows belongs to the path.
    return `://${maskUserinfo(all.slice(3, at))}${all.slice(at)}`;
  }
  if (path < 0) return `://${maskUserinfo(found)}@`;
  // An unencoded `/`, `?` or `#` in the password, unless the colon begins a port.
  const colon = found.indexOf(':');
  if (colon < 0 || colon > path || /^\d+$/.test(found.slice(colon + 1, path))) return all;
  return `://${maskUserinfo(found)}@`;
}

function maskUserinfo(userinfo: string): string {
  const colon = userinfo.indexOf(':');
  const user = colon < 0 ? userinfo : userinfo.slice(0, colon);
  if (colon < 0 || colon === userinfo.length - 1) {
    // A lone name is a token, except for usual ones such as `git`.
    return colon < 0 && /^(?:[a-z]{1,12}|oauth2)$/.test(user) ? user : MASK;
  }
  return `${user === '' || PLAIN_USER.test(user) ? user : MASK}:${MASK}`;
}

/**
 * Gives the URL of a Unix socket that has credentials a host, without which the URL standard refuses
 * it: `unix://:password@/run/redis.sock`.
 *
 * @see https://url.spec.whatwg.org/#authority-state
 */
export function withSocketHost(url: string): string {
  return url.replace(/^(unix:\/\/[^/?#]*@)(?=\/)/i, '$1localhost');
}
