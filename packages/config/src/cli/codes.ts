import { type CodeInfo, ErrorCode, findCodeInfo } from '@map/errors';
import type { CodeNote } from '@map/errors/notes';
import { closest } from '@map/redaction/kernel';
import type { CommandLine } from './arguments.ts';
import { type Output, paint, table } from './output.ts';

/** Lists all error codes, or describes those whose name contains the given word. */
export async function runCodes(line: CommandLine, output: Output): Promise<number> {
  const word = (line.operands[0] ?? '').toUpperCase();
  const found = Object.values(ErrorCode)
    .filter((code) => code.includes(word))
    .map((code) => findCodeInfo(code))
    .filter((info): info is CodeInfo => info !== undefined);
  if (found.length === 0) {
    const meant = closest(word, Object.keys(ErrorCode));
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    const list = 'List all of them with: map-config codes';
    output.complain(`No error code contains "${word}".${hint} ${list}`);
    return 1;
  }
  const { CODE_NOTES } = await import('@map/errors/notes');
  const notes = CODE_NOTES as Readonly<Record<string, CodeNote | undefined>>;
  if (line.json) {
    const described = found.map((info) => {
      const [meaning, causes, remedy] = notes[info.code] ?? [];
      return { ...info, meaning, causes, remedy };
    });
    output.print(JSON.stringify(described, null, 2));
  } else if (word !== '') {
    output.print(found.map((info) => described(info, notes[info.code], output)).join('\n\n'));
  } else {
    output.print(tableOf(found, output));
  }
  return 0;
}

function described(info: CodeInfo, note: CodeNote | undefined, output: Output): string {
  const [meaning = '', causes = '', remedy = ''] = note ?? [];
  const rows = [
    ['causes', causes],
    ['remedy', remedy],
    ['http', `${info.httpStatus}, gRPC ${info.grpcCode}`],
    ['retry', info.retry],
    ['users', info.userMessage],
  ];
  return [
    `${paint(output, 'strong', info.code)}  ${meaning}`,
    ...rows.map(([label = '', text]) => `  ${label.padEnd(8)} ${text}`),
  ].join('\n');
}

function tableOf(found: readonly CodeInfo[], output: Output): string {
  const rows = found.map((info) => [
    info.code,
    String(info.httpStatus),
    info.grpcCode,
    info.retry,
    info.userMessage,
  ]);
  return table(['code', 'http', 'grpc', 'retry', 'shown to users'], rows, output);
}
