export {
  type ProblemAnswer,
  type ProblemTarget,
  problemHandler,
  toProblem,
} from '../http/problem.ts';
export { type RequestLike, type ResponseLike, requestContext } from '../http/request-context.ts';
