/** The status code of a request that its client aborted, as in nginx. */
const CLIENT_CLOSED = 499;
/** The least status code of a response that the server cut off. */
const FAILED = 500;

/**
 * The status code to record for a response that was closed before its end: 499 if the client left, 500
 * or more if the server cut it off, such as a stream whose source failed.
 *
 * A client leaves by ending or resetting its connection; a reset is a system error. Otherwise the
 * server closed the connection, perhaps with another error.
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
  return httpVersionMajor === 1 && !hasLeft ? Math.max(FAILED, statusCode) : CLIENT_CLOSED;
}
