import { type Loose, loose } from '../usage/loose.ts';

/** Parses JSON in bytes; returns any other value unchanged. */
export function parsed(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  try {
    return JSON.parse(new TextDecoder().decode(value));
  } catch {
    return value;
  }
}

/** Returns the chunk of a stream of Bedrock, where that of the model is in bytes. */
export function parsedChunk(chunk: unknown): unknown {
  const { bytes } = loose(loose(chunk)['chunk']);
  return bytes === undefined ? chunk : parsed(bytes);
}

/** The counts in the headers of a response of Bedrock. */
export function countsOfHeaders(headers: Headers): Loose | undefined {
  const names = ['input', 'output', 'cache-read-input', 'cache-write-input'];
  const counts = names.flatMap((name) => {
    const value = headers.get(`x-amzn-bedrock-${name}-token-count`);
    return value === null ? [] : [[`${name.replaceAll('-', '')}tokencount`, Number(value)]];
  });
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}
