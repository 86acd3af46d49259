/** The characters of header names and values (RFC 9110, section 5). */
const validName = /^[\w!#$%&'*+.^`|~-]+$/;
const validValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Whether a header can be sent. `Headers` would check it too; but with that class, Node loads the
 * undici that it has built in, which takes 40 ms.
 */
export function isValidHeader(name: string, value: string): boolean {
  return validName.test(name) && isValidHeaderValue(value);
}

/** Whether a header, or the text of a status, can have a value. */
export function isValidHeaderValue(value: string): boolean {
  return validValue.test(value);
}
