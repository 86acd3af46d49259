// Where a URL may have credentials: decided at each `://` and `@` of a string by `scan.ts`, because most
// URLs have none.

/**
 * A URL that was cut before the @ of its credentials: neither a port follows the colon, nor the word
 * that stands for one in the form of a URL.
 */
export const CUT: RegExp =
  /(:\/\/[^\s/@:"'<>[]*:)(?!(?:\d{1,5}|port|PORT)(?:[^\w@]|$))[^\s/@"'<>…)]+/g;
const CUT_HERE = new RegExp(CUT.source, 'y');

/** How many characters may be between a colon and the @ of credentials without `://`. */
const MAX_USERINFO = 330;

/** Whether a URL was cut before the @ of its credentials. */
export function isCutUrl(text: string, scheme: number): boolean {
  // Most hosts have no colon, and the pattern takes three times as long to find this.
  let at = scheme + 3;
  let code = text.charCodeAt(at);
  while (code > 127 || ENDS_HOST[code] === 0) {
    at += 1;
    code = text.charCodeAt(at);
  }
  if (code !== 58) return false;
  CUT_HERE.lastIndex = scheme;
  return CUT_HERE.test(text);
}

/** 1 for the characters that a host cannot have. */
const ENDS_HOST = new Uint8Array(128);
for (const sign of '\t\n\v\f\r /@:"\'<>[') ENDS_HOST[sign.charCodeAt(0)] = 1;

/** Whether a colon is in front of an `@`, as in credentials without `://`. */
export function isUserinfoBefore(text: string, at: number): boolean {
  for (let index = at - 1; index >= at - MAX_USERINFO; index -= 1) {
    const code = text.charCodeAt(index);
    if (code === 58) return true;
    if (code <= 32 || code === 64) return false;
  }
  return false;
}
