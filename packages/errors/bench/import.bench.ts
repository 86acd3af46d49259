import { type Bench, defineBench } from '@map-tooling/bench';

const benches: readonly Bench[] = [
  defineBench({
    name: 'import',
    kind: 'startup',
    title: 'Start Node and import the package',
    goals: [{ against: 'nothing', atMost: 1.2 }],
    contenders: {
      '@map/errors': {
        script: new URL('./fixtures/with-errors.mjs', import.meta.url),
      },
      nothing: { script: new URL('./fixtures/nothing.mjs', import.meta.url) },
    },
  }),
];

export default benches;
