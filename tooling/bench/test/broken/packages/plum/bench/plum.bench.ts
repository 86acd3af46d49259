import { defineBench } from '../../../../../src/index.ts';

export default [
  defineBench({
    name: 'other-work',
    title: 'Contenders that do not do the same',
    contenders: { one: () => 1, two: () => 2 },
  }),
  defineBench({
    name: 'throws',
    title: 'A contender that throws',
    contenders: {
      one: () => {
        throw new Error('plum stone');
      },
    },
  }),
];
