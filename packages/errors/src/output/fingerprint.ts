import { readString } from '@map/redaction/kernel';
import type { ErrorShape } from '../shape/error-shape.ts';
import { originalFrames, stackFrames } from './stack-frames.ts';

/**
 * Returns a short key that is the same for the same failure at the same place.
 *
 * It is a hash of the code, `details.operation` and the innermost frame of the application, without
 * line numbers, directories, messages and values. So it is the same in the next release and on
 * every host.
 *
 * @returns 8 hexadecimal digits.
 */
export function fingerprint(error: ErrorShape): string {
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
