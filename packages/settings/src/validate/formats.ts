const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
// Schemes that run code or carry content instead of naming a place.
const UNSAFE = /^(javascript|data|vbscript|blob):/i;

/** The formats that a user's schema can name with JSON Schema's `format`. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDate(`${text}T00:00:00Z`, text),
  'date-time': (text) =>
    /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.test(text) &&
    isDate(`${text.slice(0, 10)}T00:00:00Z`, text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text)),
  email: (text) => text.length <= 254 && /^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>".]+$/.test(text),
  hostname: (text) => text.length <= 253 && text.split('.').every((label) => LABEL.test(label)),
  ipv4: (text) => process.getBuiltinModule('node:net').isIPv4(text),
  ipv6: (text) => process.getBuiltinModule('node:net').isIPv6(text),
  uri: (text) => URL.canParse(text) && !UNSAFE.test(text.trimStart()),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
};

/** Whether the day exists: `Date` turns 30 February into March. */
function isDate(instant: string, day: string): boolean {
  const time = Date.parse(instant);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
