import { type Bench, defineBench } from '@map-tooling/bench';
import { contender, sameLine } from './contender.ts';
import { ours, oursInside, pinoInside, pinoTo } from './loggers.ts';

/** A curve needs less precision at each point than a comparison. */
const SLICES = 60;
const kind = { kind: 'value', unit: 'ns', better: 'lower', rounds: 5, verify: sameLine } as const;

/** Words of a usual message, as often as the size needs. */
function message(bytes: number): string {
  return 'The agent has read a page. '.repeat(Math.ceil(bytes / 27)).slice(0, bytes);
}

const sizes = [20, 200, 2_000, 16_000].map((at) =>
  defineBench({
    ...kind,
    name: `growth-message-${at}`,
    title: `A line with a message of ${at} bytes, buffered`,
    curve: { name: 'growth-message', title: 'A log line', by: 'bytes in its message', at },
    contenders: {
      '@map/logger': contender(ours({}, message(at)), SLICES),
      'no patterns': contender(ours({ redact: { defaultPatterns: false } }, message(at)), SLICES),
      pino: contender(pinoTo(false, message(at)), SLICES),
    },
  }),
);

const depths = [1, 4, 16].map((at) =>
  defineBench({
    ...kind,
    name: `growth-context-${at}`,
    title: `A line inside ${at} contexts`,
    curve: {
      name: 'growth-context',
      title: 'A log line inside contexts',
      by: 'contexts, one field each',
      at,
    },
    contenders: {
      '@map/logger': contender(oursInside(at), SLICES),
      'pino, children': contender(pinoInside(at), SLICES),
    },
  }),
);

export default [...sizes, ...depths] as Bench[];
