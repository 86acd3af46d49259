export { closeServer, type HealthHandler, type ServerLike } from '@map/lifecycle';
export { healthHandler } from '../http/health-handler.ts';
export {
  notFoundHandler,
  type ProblemAnswer,
  type ProblemTarget,
  problemHandler,
  toProblem,
} from '../http/problem.ts';
export {
  type RequestContextOptions,
  type RequestLike,
  type ResponseLike,
  requestContext,
} from '../http/request-context.ts';
export type { ErrorContext } from '../http/request-fault.ts';
export {
  type NotFoundTarget,
  notFoundResponse,
  problemResponse,
  type WebContext,
  type WebRequestDetails,
  webContext,
} from '../http/web-context.ts';
