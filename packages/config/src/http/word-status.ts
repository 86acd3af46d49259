import { read, readNumber, readString } from '@map/redaction/kernel';

/**
 * The words of tRPC (https://trpc.io/docs/server/error-handling) and of GraphQL servers
 * (https://www.apollographql.com/docs/apollo-server/data/errors), and their statuses. A fault of the
 * server has none: its cause says more.
 */
const STATUSES: Readonly<Record<string, number>> = {
  PARSE_ERROR: 400,
  BAD_REQUEST: 400,
  BAD_USER_INPUT: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  UNAUTHORIZED: 401,
  UNAUTHENTICATED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE_CONTENT: 422,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  CLIENT_CLOSED_REQUEST: 499,
  SERVICE_UNAVAILABLE: 503,
};

/** The status of an error that a resolver or a procedure threw for its caller, if its word has one. */
export function wordStatus(error: Error): number | undefined {
  if (error.name === 'TRPCError') return statusOf(readString(error, 'code'));
  if (error.name !== 'GraphQLError') return undefined;
  const extensions = read(error, 'extensions');
  return readNumber(read(extensions, 'http'), 'status') ?? statusOf(readString(extensions, 'code'));
}

function statusOf(word: string | undefined): number | undefined {
  return word !== undefined && Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
}
