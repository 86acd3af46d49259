import type { Outputs } from './outputs.ts';
import type { SelfLog } from './self-log.ts';
import type { SinkTrouble } from './sink.ts';

/** Fail-over: the lines of a failed sink go to another output, or to standard error. */
export function failover(
  outputs: Outputs,
  selfLog: SelfLog,
  recovered: SinkTrouble['recovered'],
): SinkTrouble {
  return {
    rescue: (sink, lines) => {
      const output = outputs.sinks.find((one) => one.sink === sink);
      if (output !== undefined && outputs.covers(output)) return true;
      const emergency = selfLog.sink;
      if (sink.name === emergency.name || !emergency.healthy) return false;
      emergency.write(lines);
      return true;
    },
    warn: (_sink, message) => selfLog.warnAgain(message),
    recovered,
  };
}
