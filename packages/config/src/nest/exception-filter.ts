import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { type ProblemTarget, problemHandler } from '../http/problem.ts';

/**
 * Responds to what a handler throws with problem details. An exception of Nest keeps its status, and
 * its body where the application composed one, such as the result of terminus.
 */
export class MapExceptionFilter extends BaseExceptionFilter {
  readonly #respond = problemHandler();

  /**
   * @param error What was thrown.
   * @param host Outside of HTTP, the error is thrown again for the transport's own handling.
   */
  override catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    if (isComposed(error)) {
      super.catch(error, host);
      return;
    }
    const http = host.switchToHttp();
    this.#respond(error, http.getRequest(), http.getResponse<ProblemTarget>());
  }
}
Catch()(MapExceptionFilter);

/** Whether the body of an exception is not the one that Nest makes of a message. */
function isComposed(error: unknown): boolean {
  const { getStatus, getResponse } = (error ?? {}) as Record<string, unknown>;
  if (typeof getStatus !== 'function' || typeof getResponse !== 'function') return false;
  const body: unknown = getResponse.call(error);
  return typeof body === 'object' && body !== null && !('statusCode' in body && 'message' in body);
}
