import type { Complaints } from './complaints.ts';
import type { Outputs } from './outputs.ts';

/**
 * Writes at the end of the process what winston's transports still hold. What cannot be written
 * goes to standard error where no other output has it, and what a transport has without saying
 * that it is done is counted there.
 */
export function finishTransports(outputs: Outputs, complaints: Complaints): void {
  for (const output of outputs.transports) {
    const { lines, unconfirmed } = output.queue.finishSync();
    if (lines.length + unconfirmed === 0) continue;
    const rescued = lines.length > 0 && !outputs.covers(output);
    if (rescued) complaints.sink.write(`${lines.join('\n')}\n`);
    const parts: string[] = [];
    if (lines.length > 0) {
      const where = rescued ? 'went to standard error' : 'went to the other outputs alone';
      parts.push(`${lines.length} lines ${where}`);
    }
    if (unconfirmed > 0) parts.push(`${unconfirmed} were under way and may be lost`);
    complaints.sayAgain(
      `the process ended before transport ${output.queue.name}: ${parts.join(', ')}; ` +
        'await closeLogging() before process.exit()',
    );
  }
}
