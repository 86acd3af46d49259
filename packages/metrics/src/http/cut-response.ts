/** The status code of a request that its client aborted, as in nginx. */
const CLIENT_CLOSED = 499;
/** The least status code of a response that the server cut off. */
const FAILED = 500;

/** The status code to record for a response that did not end: its client left, or the server failed. */
export function endStatus(hasLeft: boolean, statusCode: number): number {
  return hasLeft ? CLIENT_CLOSED : Math.max(FAILED, statusCode);
}

/**
 * The same for a response of Node that was closed before its end. A client leaves by ending or
 * resetting its connection; a reset is a system error. Otherwise the server closed the connection,
 * perhaps with another error, such as that of a stream whose source failed.
 */
export function cutStatus(request: object, statusCode: number): number {
  const { httpVersionMajor, socket } = request as {
    readonly httpVersionMajor?: number;
    readonly socket?: {
      readonly readableEnded?: boolean;
      readonly errored?: { readonly syscall?: string } | null;
    } | null;
  };
  const hasLeft = socket?.readableEnded !== false || socket.errored?.syscall !== undefined;
  return endStatus(httpVersionMajor !== 1 || hasLeft, statusCode);
}
