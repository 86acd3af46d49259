import { countsOfHeaders } from '../answer/bytes.ts';
import type { Reading } from '../call/reading.ts';
import { watchReadable } from './readable.ts';

/** Observes the body of an HTTP response: JSON, or JSON in each line or event. */
export function watchResponse(response: Response, reading: Reading): Response {
  const { status, statusText, headers, url, body } = response;
  if (!response.ok) reading.failed({ status });
  reading.usage(countsOfHeaders(headers));
  const type = headers.get('content-type') ?? '';
  const isLines = /event-stream|ndjson|jsonl/.test(type);
  if (body === null || reading.hasEnded || !(isLines || type.includes('json'))) {
    reading.end();
    return response;
  }
  const text = new BodyText(isLines, reading);
  const watched = watchReadable(body, {
    chunk: (bytes) => text.push(bytes as Uint8Array),
    end() {
      text.end();
      reading.end();
    },
    failed: (error) => reading.failed(error),
    cancelled: (reason) => reading.cancelled(reason),
  });
  const copy = new Response(watched as ReadableStream<Uint8Array>, { status, statusText, headers });
  return Object.defineProperty(copy, 'url', { value: url });
}

/** Reads the text of a body: whole, or by lines. */
class BodyText {
  readonly #isLines: boolean;
  readonly #reading: Reading;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(isLines: boolean, reading: Reading) {
    this.#isLines = isLines;
    this.#reading = reading;
  }

  push(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    if (!this.#isLines) return;
    const lines = this.#text.split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  end(): void {
    if (this.#isLines) this.#line(this.#text);
    else this.#parse(this.#text, (value) => this.#reading.step(value));
  }

  /** An event has its data after a name, and may have further lines. */
  #line(line: string): void {
    this.#parse(line.replace(/^data:/, ''), (value) => this.#reading.chunk(value));
  }

  #parse(text: string, use: (value: unknown) => void): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    use(value);
  }
}
