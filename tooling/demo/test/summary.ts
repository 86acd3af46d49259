/** Reads `1,234` after a label of the summary. */
export function figure(output: string, pattern: RegExp): number {
  const text = pattern.exec(output)?.[1];
  if (text === undefined) throw new Error(`No ${pattern} in:\n${output}`);
  return Number(text.replaceAll(',', ''));
}

/** Sums the samples of a metric in the summary that have a label, such as `status="success"`. */
export function scraped(output: string, name: string, label = ''): number {
  return [...output.matchAll(new RegExp(`^ {2}${name}\\{.*${label}.*\\} (\\d+)$`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  );
}
