import type { AgentsSpan } from './processor.ts';

/**
 * Reads the failure of a span, which has words alone: those of OpenAI's client begin with the status.
 *
 * @returns An error to classify: with a status, or as a deadline, an abort or another failure.
 */
export function errorOf({ message, data }: NonNullable<AgentsSpan['error']>): object {
  const words = [data?.['error'], message].filter((one) => typeof one === 'string').join(' ');
  const [, status] = /(?:^|Error: )([45]\d\d) /.exec(words) ?? [];
  if (status !== undefined) return { name: 'Error', message, status: Number(status) };
  if (/timed? ?out|TimeoutError/i.test(words)) return { name: 'TimeoutError', message };
  if (/AbortError|\baborted\b/i.test(words)) return { name: 'AbortError', message };
  const [, name = 'Error'] = /^(\w+Error): /.exec(words) ?? [];
  return { name, message };
}
