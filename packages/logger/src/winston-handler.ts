const PATIENCE_MS = 3000;

/** winston's handler of exceptions or of rejections, as much of it as is looked after here. */
export interface WinstonHandler {
  readonly logger: {
    log(info: object): unknown;
    readonly exitOnError: boolean | ((error: unknown) => unknown);
  };
  getAllInfo(error: unknown): object;
  [member: string]: unknown;
}

const MEMBERS = [
  ['_uncaughtException', '_getExceptionHandlers'],
  ['_unhandledRejection', '_getRejectionHandlers'],
] as const;

/**
 * Has winston's handler wait, within its 3 seconds, for every transport: its own way ends the
 * process when the first has said anything, with the backlogs of all of them lost.
 * @param end Flushes and ends all outputs within a limit.
 */
export function patientHandler(
  handler: WinstonHandler,
  end: (timeoutMs: number) => Promise<void>,
): WinstonHandler {
  for (const [catcher, listing] of MEMBERS) {
    const usual = handler[catcher];
    const list = handler[listing];
    if (typeof usual !== 'function' || typeof list !== 'function') continue;
    handler[catcher] = (error: unknown): void => {
      // Without a transport for exceptions winston says so and goes on.
      if ((list.call(handler) as unknown[]).length === 0) {
        usual.call(handler, error);
        return;
      }
      const { exitOnError } = handler.logger;
      const exits = typeof exitOnError === 'function' ? exitOnError(error) : exitOnError;
      handler.logger.log(handler.getAllInfo(error));
      if (exits) void end(PATIENCE_MS).finally(() => process.exit(1));
    };
  }
  return handler;
}
