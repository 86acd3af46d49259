import { describe, expect, test } from 'vitest';
import { acceptsGzip, chooseFormat } from '../../src/exposition/negotiate.ts';

describe('chooseFormat', () => {
  test.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
    ['text/plain', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text; version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=2.0.0', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=0.1,text/plain;q=0.9', 'text'],
    ['application/openmetrics-text;q=x,text/plain', 'text'],
    ['application/openmetrics-text;q=0.5,*/*;q=0.9', 'text'],
    ['application/openmetrics-text;q=0.5,text/*;q=0.9', 'text'],
    ['application/openmetrics-text;q=0.5,text/plain;q=0.2,*/*;q=0.9', 'openmetrics'],
    ['application/openmetrics-text,*/*', 'openmetrics'],
    // What Prometheus 2 and 3 send.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics',
    ],
  ])('%s is answered in %s', (accept, format) => {
    expect(chooseFormat(accept)).toBe(format);
  });
});

describe('acceptsGzip', () => {
  test.each([
    [undefined, false],
    ['identity', false],
    ['gzip', true],
    ['br, GZIP;q=0.5', true],
    ['gzip;q=0, *', false],
    ['*', true],
    ['*;q=0', false],
  ])('%s: %s', (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected);
  });
});
