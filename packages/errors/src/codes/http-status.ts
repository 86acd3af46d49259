import { readString } from '@map/redaction/kernel';
import { findCodeInfo } from './code-info.ts';
import { type AnyErrorCode, ErrorCode } from './error-code.ts';

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: ErrorCode.BAD_REQUEST,
  401: ErrorCode.AUTH_ERROR,
  403: ErrorCode.PERMISSION_DENIED,
  404: ErrorCode.NOT_FOUND,
  409: ErrorCode.CONFLICT,
  422: ErrorCode.SCHEMA_MISMATCH,
  429: ErrorCode.RATE_LIMITED,
  499: ErrorCode.OPERATION_CANCELLED,
  502: ErrorCode.UPSTREAM_ERROR,
  503: ErrorCode.SERVICE_UNAVAILABLE,
  504: ErrorCode.UPSTREAM_TIMEOUT,
  529: ErrorCode.LLM_PROVIDER_OVERLOADED,
};

/**
 * Finds the code of an HTTP answer from a service of this platform.
 *
 * @param status - The HTTP status.
 * @param body - The parsed body; a known `code` in it wins over the status.
 * @returns The code; `API_ERROR_2000` for a status without a specific code.
 *
 * @example
 * ```ts
 * import { codeFromHttpStatus } from '@map/errors';
 *
 * codeFromHttpStatus(404); // 'NOT_FOUND_2002'
 * codeFromHttpStatus(404, { code: 'AGENT_NOT_FOUND_6001' }); // 'AGENT_NOT_FOUND_6001'
 * ```
 */
export function codeFromHttpStatus(status: number, body?: unknown): AnyErrorCode {
  const onWire = findCodeInfo(readString(body, 'code'));
  return onWire?.code ?? BY_STATUS[status] ?? ErrorCode.API_ERROR;
}
