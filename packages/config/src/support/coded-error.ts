import { BaseError, type BaseErrorOptions } from '@map/errors';

/** Makes an error of the class that fits its code, an application's own classes included. */
export function codedError(options: BaseErrorOptions): BaseError {
  const { code, message } = options;
  const { constructor: Class } = BaseError.fromJSON({ code, message });
  return new (Class as new (options: BaseErrorOptions) => BaseError)(options);
}
