import { Logger, LogLevel } from 'typedoc';

/** A member that a symbol of the language names, such as `Symbol.dispose`: it explains itself. */
const OF_SYMBOL = /\.\[\w+\] \(Property\).* does not have any documentation/;

/** Keeps TypeDoc's warnings and errors. */
export class Complaints extends Logger {
  readonly list: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn && !OF_SYMBOL.test(message)) this.list.push(message);
  }
}
