import type { BaseError } from './base-error.ts';
import { readString } from './safe.ts';
import { originalFrames, stackFrames } from './stack-frames.ts';

/**
 * Gives a short key that is the same for the same failure at the same place.
 *
 * It is made of the code, `details.operation` and the innermost frame of our own code, without
 * line numbers, folders, messages or values: a new release or another host keeps the key.
 *
 * @returns 8 hexadecimal digits.
 */
export function fingerprint(error: BaseError): string {
  const frames = originalFrames(error.originalError);
  const frame = [...frames, ...stackFrames(error)].find(isOurs) ?? '';
  const operation = readString(error.details, 'operation') ?? '';
  return hash(`${error.code}|${operation}|${place(frame)}`);
}

function isOurs(frame: string): boolean {
  return !/node_modules|\(?node:|<anonymous>/.test(frame);
}

// "    at load (file:///srv/app/dist/store.js:10:3)" becomes "load store.js".
function place(frame: string): string {
  const [, name = '', location = ''] = /^\s*at (?:(.*) \()?(.*?)\)?$/.exec(frame) ?? [];
  const file = location.replace(/(?::\d+){1,2}$/, '').replace(/^.*[/\\]/, '');
  return `${name} ${file.replace(/\?.*$/, '')}`;
}

// FNV-1a, see https://www.rfc-editor.org/rfc/rfc9923
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
