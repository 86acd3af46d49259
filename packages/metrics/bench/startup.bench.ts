import { type Bench, defineBench } from '@map-tooling/bench';

const script = (name: string): URL => new URL(`./startup/${name}.mjs`, import.meta.url);

export default defineBench({
  kind: 'startup',
  name: 'startup',
  title: 'Start a process, count once',
  goals: [{ against: 'prom-client', atMost: 1 }],
  contenders: {
    '@map/metrics': { script: script('ours') },
    'prom-client': { script: script('prom-client') },
    '@prometheus-io/client': { script: script('prometheus-io') },
    'nothing at all': { script: script('nothing') },
  },
}) as Bench;
