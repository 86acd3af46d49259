export { do_not_optimize as keep } from 'mitata';
export {
  type Bench,
  type Contender,
  type ContenderSteps,
  type Curve,
  defineBench,
  type Figure,
  type Goal,
  quick,
  type Script,
  type StartupBench,
  type TimeBench,
  type ValueBench,
  type ValuesBench,
} from './define-bench.ts';
