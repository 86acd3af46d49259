import { MASK } from '../words/words.ts';

// `<password>…</password>`, also with a prefix, attributes and CDATA.
const ELEMENT =
  /<((?:[\w.-]{1,64}:)?([\w.-]{1,64})(?:\s[^<>]{0,200})?)>(?:<!\[CDATA\[(?:(?!\]\]>)[\s\S]){1,2000}\]\]>|[^<>]+)(?=<\/)/g;

// `["x-api-key", "…"]` and `['--password', '…']`: lists of headers and of arguments.
const PAIR =
  /((?:\\{0,4}["'])(?:--)?([\w-]{3,64})\\{0,4}["'],(?:\s|\\n){0,40}\\{0,4}["'])(?=[^\s"']{0,400}\d)[^\s"'\\]{8,}/g;

/** The same list from its comma on, which is rarer than a quote. */
const COMMA = /,(?<=["'],)(?:\s|\\n){0,40}\\{0,4}["'](?=[^\s"']{0,400}\d)[^\s"'\\]{8}/y;

// `{"name":"API_KEY","value":"…"}`: an entry of a list of headers or variables, also the other way round.
const [NAME, VALUE] = [
  '(?:\\w{0,16}[nN]ame|(?:\\w{0,16}K|k)ey|header|field)',
  '(?:\\w{0,16}V|v)alue',
].map((field) => `["']${field}\\\\{0,4}["']\\s?:\\s?\\\\{0,4}["']`);
const NEXT = '\\\\{0,4}["\']\\s?,\\s{0,16}\\\\{0,4}';
const ENTRY = new RegExp(`(${NAME}([\\w.-]{1,64})${NEXT}${VALUE})[^"'\\\\]+`, 'g');
const TURNED = new RegExp(
  `(${VALUE})[^"'\\\\]+(?=${NEXT}${NAME}([\\w.-]{1,64})\\\\{0,4}["'])`,
  'g',
);

// `- name: API_KEY`, and `value: …` in the next line: the variables of a container in YAML.
const ITEM =
  /(\bname: ["']?([\w.-]{1,64})["']?(?:\r?\n|(?:\\r)?\\n)\s{1,32}value: ["']?)[^\s"'\\]+/g;

// A field of a form: `name="password"`, an empty line, and the value.
const FIELD = /(\bname=\\{0,4}"([\w.-]{1,64})\\{0,4}"(?:\r?\n|(?:\\r)?\\n){2})[^\r\n\\]+/g;

// Attributes of XML: `<add key="ApiKey" value="…"/>`, `<string name="api_key">…`; keys of a property list.
const ATTRIBUTE =
  /(\b(?:[nN]ame|[kK]ey)=\\{0,4}["']([\w.-]{1,64})\\{0,4}["']\s{1,8}value=\\{0,4}["'])[^"'\\]+/g;
const NAMED =
  /(<\w{1,32} (?:name|key)=\\{0,4}["']([\w.-]{1,64})\\{0,4}["'](?:\s[^<>]{0,100})?(?<!\/)>(?:\s{0,40}<value>)?)[^<>]+(?=<\/)/g;
const LISTED = /(<key>([\w.-]{1,64})<\/key>(?:\s|\\[nrt]){0,16}<string>)[^<>]+/g;

/** Masks the value of an entry or of a form's field with a secret name. */
export function maskEntries(text: string, isSecret: (name: string) => boolean): string {
  const hide = (all: string, start: string, name: string) => (isSecret(name) ? start + MASK : all);
  let result = text;
  if (text.includes('alue')) {
    result = result
      .replace(ENTRY, hide)
      .replace(TURNED, hide)
      .replace(ITEM, hide)
      .replace(ATTRIBUTE, hide);
  }
  return result.includes('name=') ? result.replace(FIELD, hide) : result;
}

/** Masks the content of XML elements with secret names. */
export function maskElements(text: string, isSecret: (name: string) => boolean): string {
  const hide = (all: string, start: string, name: string) => (isSecret(name) ? start + MASK : all);
  return text
    .replace(ELEMENT, (all, tag: string, name: string) =>
      isSecret(name) ? `<${tag}>${MASK}` : all,
    )
    .replace(NAMED, hide)
    .replace(LISTED, hide);
}

/** Whether the comma at a place is followed by an item that may be secret. */
export function isPairAt(text: string, comma: number): boolean {
  COMMA.lastIndex = comma;
  return COMMA.test(text);
}

/** Masks the items of lists that follow secret names. */
export function maskPairs(text: string, isSecret: (name: string) => boolean): string {
  return text.replace(PAIR, (all, start: string, name: string) =>
    isSecret(name) ? start + MASK : all,
  );
}
