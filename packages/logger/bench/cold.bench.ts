import { type Bench, defineBench } from '@map-tooling/bench';

const script = (name: string): URL => new URL(`./cold/${name}.mjs`, import.meta.url);

export default defineBench({
  kind: 'startup',
  name: 'cold',
  title: 'A process that imports the logger, sets it up and writes one line',
  goals: [
    { against: 'pino', atMost: 1 },
    { against: 'winston', atMost: 1 },
  ],
  rounds: 15,
  contenders: {
    '@map/logger': { script: script('map-logger') },
    pino: { script: script('pino') },
    winston: { script: script('winston') },
    'no logger': { script: script('nothing') },
  },
  verify(outputs) {
    for (const [name, output] of Object.entries(outputs)) {
      if (!/"ready"/.test(String(output))) throw new Error(`${name} wrote ${String(output)}`);
    }
  },
}) as Bench;
