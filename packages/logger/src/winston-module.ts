import type { SinkOutput } from './output.ts';
import type { WinstonTransport } from './transport-queue.ts';

/** winston, as much of it as is needed to make a logger; structural, so that its types need not be there. */
export interface WinstonModule {
  readonly Logger: { readonly prototype: unknown };
}

/** The winston logger behind all loggers of a set-up, as much of it as they call themselves. */
export interface WinstonBridge {
  transports: WinstonTransport[];
  readonly writableEnded: boolean;
  exceptions: { catcher: unknown };
  add(transport: WinstonTransport): unknown;
  remove(transport: WinstonTransport): unknown;
  clear(): unknown;
  /** Shows one of our own outputs among the transports. */
  adopt(output: SinkOutput): void;
}
