import type { FullContent } from './content.ts';
import { renderFamilies } from './families.ts';
import { type RenderOptions, renderMetrics } from './render.ts';

/** Renders content chunk by chunk, with the end marker of the format. */
export function* renderContent(content: FullContent, options: RenderOptions): Generator<string> {
  yield* renderMetrics(content.instruments, options);
  // Two registries may have the same metric, such as those of the process: show the first.
  const shown = new Set(content.instruments.map(({ name }) => options.prefix + name));
  const families = content.families.filter(({ name, type }) => {
    // prom-client removes _total from a counter's name (see prom-targets.ts).
    const full = type === 'counter' ? `${name.replace(/_total$/, '')}_total` : name;
    const isNew = !shown.has(full);
    shown.add(full);
    return isNew;
  });
  yield* renderFamilies(families, options);
  if (options.format === 'openmetrics') yield '# EOF\n';
}
