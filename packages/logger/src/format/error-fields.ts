const MAX_STACK_LINES = 50;

const OWN_PLACE = new Set(['name', 'message', 'stack', 'cause', 'errors', 'code', 'originalError']);

/** An error as plain fields: type, code, message, its own properties, stack, errors, cause. */
export function errorFields(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = { type: typeOf(error) };
  const code = read(error, 'code');
  if (code !== undefined) fields['code'] = code;
  fields['message'] = read(error, 'message');
  for (const key of Object.keys(error)) {
    if (!OWN_PLACE.has(key) && !key.startsWith('_')) fields[key] = read(error, key);
  }
  const stack = read(error, 'stack');
  if (typeof stack === 'string' && stack !== '') fields['stack'] = shortStack(stack);
  const errors = read(error, 'errors');
  if (errors !== undefined) fields['errors'] = errors;
  const cause = read(error, 'cause') ?? read(error, 'originalError');
  if (cause !== undefined) fields['cause'] = cause;
  return fields;
}

/** Whether a value is an error, of whatever realm. Never throws. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}

function typeOf(error: Error): string {
  const name = read(error, 'name');
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
  const made: unknown = read(error, 'constructor');
  const own = typeof made === 'function' ? made.name : '';
  return own === '' ? 'Error' : own;
}

function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return '[Throws]';
  }
}

function shortStack(stack: string): string {
  const lines = stack.split('\n', MAX_STACK_LINES + 1);
  return lines.length > MAX_STACK_LINES
    ? `${lines.slice(0, MAX_STACK_LINES).join('\n')}\n    …`
    : stack;
}
