/** Attributes of an element; one that is undefined is left out. */
export type Attributes = Record<string, string | number | undefined>;

/** Average width of a character, as a share of the size of the type: labels are laid out by it. */
const CHARACTER = 0.55;

const STYLE = `
  svg { --ground: #fff; --ink: #1f2328; --quiet: #59636e; --grid: #d1d9e0; --good: #0969da;
    --bad: #bc4c00; --s0: #0969da; --s1: #bc4c00; --s2: #1a7f37; --s3: #8250df; --s4: #bf3989 }
  @media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #f0f6fc; --quiet: #9198a1;
    --grid: #3d444d; --good: #58a6ff; --bad: #f0883e; --s0: #58a6ff; --s1: #f0883e; --s2: #3fb950;
    --s3: #bc8cff; --s4: #f778ba } }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: var(--ink);
    paint-order: stroke; stroke: var(--ground); stroke-width: 3px }
  .title { font-size: 14px; font-weight: 600 } .head { font-weight: 600 }
  .quiet { fill: var(--quiet) } .ground { fill: var(--ground) }
  .grid { stroke: var(--grid) } .one { stroke: var(--ink); stroke-width: 1.5 }
  .good { fill: var(--good); stroke: var(--good) } .bad { fill: var(--bad); stroke: var(--bad) }
  .same { fill: var(--ground); stroke: var(--quiet); stroke-width: 1.5 }
  .spread { fill: none; stroke-width: 2 } .line { fill: none; stroke-width: 2 }
  ${[0, 1, 2, 3, 4].map((n) => `.s${n} { stroke: var(--s${n}) } .m${n} { fill: var(--s${n}); stroke: none }`).join(' ')}
`;

/**
 * Writes an element.
 *
 * @param name - the element's name
 * @param attributes - its attributes; numbers are written with one decimal
 * @param children - elements or escaped text inside it
 * @returns SVG
 */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'number' ? String(Number(value.toFixed(1))) : value;
    return [` ${key}="${escapeText(text)}"`];
  });
  const start = `<${name}${written.join('')}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
}

/**
 * Writes a line of text.
 *
 * @param content - the text
 * @param attributes - `x`, `y`, `class`, `text-anchor`
 * @returns SVG
 */
export function label(content: string, attributes: Attributes): string {
  return element('text', attributes, escapeText(content));
}

/**
 * Writes a whole image that is readable on light and on dark pages and names itself to a screen
 * reader.
 *
 * @param size - width and height, in pixels
 * @param title - what the image shows
 * @param description - what is seen in it, with the figures that matter
 * @param children - elements
 * @returns the file's content, with one element a line
 */
export function image(
  { width, height }: { width: number; height: number },
  title: string,
  description: string,
  children: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escapeText(title)}</title>`,
    `<desc id="desc">${escapeText(description)}</desc>`,
    `<style>${STYLE}</style>`,
    element('rect', { class: 'ground', width: '100%', height: '100%', rx: 6 }),
    ...children,
    '</svg>\n',
  ].join('\n');
}

/**
 * Breaks a label into lines.
 *
 * @param text - the label
 * @param width - room for it, in pixels
 * @returns its lines; a word that is too long has a line for itself
 */
export function wrap(text: string, width: number): string[] {
  const most = Math.floor(width / (12 * CHARACTER));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
