import type { Members } from './client.ts';

type Scan = (redis: Members, args: unknown[]) => AsyncGenerator<unknown, void, unknown>;

/** The iterators of a client, made of its scan commands so that every page has a deadline. */
export const iterators: Readonly<Record<string, Scan>> = {
  scanIterator: (redis, [options]) =>
    pages((cursor) => redis['scan']?.(cursor, options), 'keys', options),
  hScanIterator: (redis, [key, options]) =>
    pages((cursor) => redis['hScan']?.(key, cursor, options), 'entries'),
  hScanValuesIterator: (redis, [key, options]) =>
    pages((cursor) => redis['hScan']?.(key, cursor, options), 'entries', undefined, 'value'),
  hScanNoValuesIterator: (redis, [key, options]) =>
    pages((cursor) => redis['hScanNoValues']?.(key, cursor, options), 'fields'),
  sScanIterator: (redis, [key, options]) =>
    pages((cursor) => redis['sScan']?.(key, cursor, options), 'members'),
  zScanIterator: (redis, [key, options]) =>
    pages((cursor) => redis['zScan']?.(key, cursor, options), 'members'),
};

async function* pages(
  next: (cursor: unknown) => unknown,
  field: string,
  options?: unknown,
  part?: string,
): AsyncGenerator<unknown, void, unknown> {
  let cursor: unknown = (options as { cursor?: unknown } | undefined)?.cursor ?? '0';
  do {
    const page = (await next(cursor)) as Record<string, unknown>;
    cursor = page['cursor'];
    const items = page[field] as Record<string, unknown>[];
    yield part === undefined ? items : items.map((item) => item[part]);
  } while (String(cursor) !== '0');
}
