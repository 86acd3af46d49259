/** What a request is for: its URL, and the parts of it that each call needs. */
export interface Target {
  readonly url: URL;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** The whole without its fragment, as a `Response` shows it. */
  readonly href: string;
}

/**
 * The targets that were read last, by the URL as the caller wrote it. Most clients call few URLs;
 * parsing one and putting its parts together takes several percent of a call.
 */
const known: Map<string, Target> = new Map();
const mostKnown = 100;
/** A longer one is probably not used twice. */
const longestKnown = 500;

/**
 * Reads the URL of a request.
 *
 * @throws TypeError for a URL that is malformed, of another scheme or with credentials.
 */
export function readTarget(input: string | URL): Target {
  const text = String(input);
  const found = known.get(text);
  if (found !== undefined) return found;
  const target = targetOf(readUrl(text));
  if (text.length <= longestKnown) {
    if (known.size === mostKnown) known.clear();
    known.set(text, target);
  }
  return target;
}

/** @param url - Is not changed afterwards. */
export function targetOf(url: URL): Target {
  return {
    url,
    origin: url.origin,
    path: url.pathname + url.search,
    href: url.href.replace(/#.*/, ''),
  };
}

function readUrl(input: string): URL {
  let url: URL;
  try {
    url = new URL(input);
  } catch (cause) {
    // The start of this sentence is what `convertException` knows it by.
    throw new TypeError('Failed to parse URL: it must be absolute, such as https://host/path.', {
      cause,
    });
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `Failed to parse URL: its scheme must be http or https, got ${url.protocol}`,
    );
  }
  if (url.port === '0') throw new TypeError('Failed to parse URL: its port must not be 0.');
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      'Failed to parse URL: it must not contain credentials; send a header instead.',
    );
  }
  return url;
}
