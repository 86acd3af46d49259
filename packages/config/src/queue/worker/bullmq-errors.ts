// BullMQ's errors for a job that it could not move on. They have no code: only the message tells.

const GONE = /^Missing key for job (.+)\. moveTo\w+$/;

const WITHOUT_LOCK = [
  /^Missing lock for job (.+)\. \w+$/,
  /^Lock mismatch for job (.+)\. Cmd \w+ from \w+$/,
  /^Job (.+) is not in the active state\. \w+$/,
];

/** The id of a job that was removed, or that a restart of Redis has lost. */
export function goneJob(error: unknown): string | undefined {
  return error instanceof Error ? GONE.exec(error.message)?.[1] : undefined;
}

/** The id of a job whose lock is another process's by now, or nobody's. */
export function jobWithoutLock(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const pattern of WITHOUT_LOCK) {
    const id = pattern.exec(error.message)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
