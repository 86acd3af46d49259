import { initializeConfig, logger, retry, runTask } from '@map/config';

// Once for each execution environment. Nothing scrapes one, so there is no metrics server.
const config = await initializeConfig({ metricsServer: false });

/** @param {{ id: string }} event */
export function handler(event) {
  // Every log line is written before the response, so nothing waits in a frozen process. A reader
  // of OpenTelemetry is flushed here: `await reader.forceFlush()`.
  return runTask({ type: 'invocation', taskId: event.id }, async () => {
    // A connection may have been closed while the process was frozen, which its first command shows.
    await retry(() =>
      config.connections.redisConnection((redis) => redis.set('invocation', event.id)),
    );
    logger.info('Invoked', { id: event.id });
    return { id: event.id };
  });
}
