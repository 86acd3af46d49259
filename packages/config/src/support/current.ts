import type { HealthReport, Lifecycle } from '@map/lifecycle';
import { processState } from '@map/redaction/kernel';

/** The part of the running configuration that other modules need. */
export interface Running {
  readonly settings: object;
  readonly ending: boolean;
  health(): Promise<HealthReport>;
  shutdown(): Promise<unknown>;
}

interface Current {
  /** The configuration that is starting or running. */
  starting?: Promise<Running>;
  /** Set once it is running. */
  config?: Running;
  /** Its lifecycle, from the first step on. */
  lifecycle?: Lifecycle;
  /** The options that it was made with. */
  options?: object;
}

let state: Current | undefined;

/** Returns the configuration of this process, shared by all installed copies of this package. */
export function current(): Current {
  state ??= processState<Current>('@map/config/current@2', () => ({}));
  return state;
}
