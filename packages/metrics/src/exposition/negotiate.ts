import type { ExpositionFormat } from './render.ts';

/** The content type of each format. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

interface Preference {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * Chooses the format that an Accept header prefers (RFC 9110, section 12.5.1); text if it prefers
 * neither.
 */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  let openmetrics = 0;
  let text: number | undefined;
  // A range such as text/* counts only if text/plain itself is not listed.
  let anyText: number | undefined;
  for (const { value, parameters, quality } of parseHeader(accept ?? '')) {
    if (value === 'application/openmetrics-text') {
      const version = parameters.get('version') ?? '1.0.0';
      if (version === '1.0.0' || version === '0.0.1') openmetrics = Math.max(openmetrics, quality);
    } else if (value === 'text/plain') {
      const version = parameters.get('version') ?? '0.0.4';
      if (version === '0.0.4') text = Math.max(text ?? 0, quality);
    } else if (value === 'text/*' || value === '*/*') {
      anyText = Math.max(anyText ?? 0, quality);
    }
  }
  return openmetrics > 0 && openmetrics >= (text ?? anyText ?? 0) ? 'openmetrics' : 'text';
}

/** Returns whether an Accept-Encoding header accepts gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = parseHeader(acceptEncoding ?? '');
  const gzip =
    codings.find(({ value }) => value === 'gzip') ?? codings.find(({ value }) => value === '*');
  return (gzip?.quality ?? 0) > 0;
}

function parseHeader(header: string): Preference[] {
  return header.split(',').map((item) => {
    const [value = '', ...rest] = item.split(';').map((part) => part.trim().toLowerCase());
    const parameters = new Map(
      rest.map((parameter) => {
        const at = parameter.indexOf('=');
        const name = at < 0 ? parameter : parameter.slice(0, at).trim();
        return [
          name,
          at < 0
            ? ''
            : parameter
                .slice(at + 1)
                .trim()
                .replaceAll('"', ''),
        ] as const;
      }),
    );
    const quality = Number(parameters.get('q') ?? 1);
    return { value, parameters, quality: Number.isFinite(quality) ? quality : 0 };
  });
}
