import type { Complaints } from './complaints.ts';
import type { Outputs } from './outputs.ts';
import type { SinkTrouble } from './sink.ts';

/** What becomes of the lines of a sink in trouble: another output has them, or standard error. */
export function sinkTrouble(
  outputs: Outputs,
  complaints: Complaints,
  recovered: SinkTrouble['recovered'],
): SinkTrouble {
  return {
    rescue: (sink, lines) => {
      const output = outputs.sinks.find((one) => one.sink === sink);
      if (output !== undefined && outputs.covers(output)) return true;
      const emergency = complaints.sink;
      if (sink.name === emergency.name || !emergency.healthy) return false;
      emergency.write(lines);
      return true;
    },
    warn: (_sink, message) => complaints.sayAgain(message),
    recovered,
  };
}
