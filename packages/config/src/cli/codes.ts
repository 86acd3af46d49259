import { type CodeInfo, ErrorCode, findCodeInfo } from '@map/errors';
import type { CommandLine } from './arguments.ts';
import { type Output, table } from './output.ts';

/** Lists all error codes, or those whose name contains the given word. */
export function runCodes(line: CommandLine, output: Output): number {
  const word = (line.operands[0] ?? '').toUpperCase();
  const found = Object.values(ErrorCode)
    .filter((code) => code.includes(word))
    .map((code) => findCodeInfo(code))
    .filter((info): info is CodeInfo => info !== undefined);
  if (found.length === 0) {
    output.complain(`No error code contains "${word}". List all of them with: map-config codes`);
    return 1;
  }
  if (line.json) {
    output.print(JSON.stringify(found, null, 2));
    return 0;
  }
  const rows = found.map((info) => [
    info.code,
    String(info.httpStatus),
    info.grpcCode,
    info.retry,
    info.userMessage,
  ]);
  output.print(table(['code', 'http', 'grpc', 'retry', 'shown to users'], rows, output));
  return 0;
}
