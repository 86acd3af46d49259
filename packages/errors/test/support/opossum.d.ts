// The package brings no types; this is the part the tests use.
declare module 'opossum' {
  export default class CircuitBreaker {
    constructor(action: () => Promise<unknown>, options?: Record<string, number>);
    fire(): Promise<unknown>;
    shutdown(): void;
  }
}
