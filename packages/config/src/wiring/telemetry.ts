import { otelProviders, withTimeLimit } from '@map/redaction/kernel';
import { toErrorText } from '../support/error-text.ts';
import type { Log } from '../support/log.ts';

/**
 * Flushes what the application has registered with OpenTelemetry, and logs what could not be
 * flushed in time.
 *
 * @param timeoutMs The limit of all providers together, in milliseconds.
 */
export async function flushTelemetry(timeoutMs: number, log: Log): Promise<void> {
  const flush = async ([signal, provider]: ReturnType<typeof otelProviders>[number]) => {
    try {
      // A provider may throw where it should reject.
      const flushed = Promise.resolve().then(() => provider.forceFlush?.());
      await withTimeLimit(flushed, timeoutMs, () => {
        throw new Error(`not completed within ${timeoutMs} ms`);
      });
    } catch (error) {
      const reason = Array.isArray(error) ? error.map(toErrorText).join('; ') : toErrorText(error);
      log.warn(`Telemetry not flushed: ${signal}: ${reason}`);
    }
  };
  await Promise.all(otelProviders().map(flush));
}
