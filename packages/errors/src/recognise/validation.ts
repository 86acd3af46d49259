import { ErrorCode } from '../codes/error-code.ts';
import { isEnvSchema, issuesMessage, validationIssues } from '../describe/validation-issues.ts';
import type { ErrorOrigin, Recogniser } from './recognition.ts';

/** Zod, Valibot and others with `issues`; ajv; TypeBox; env-schema. */
export const recogniseValidation: Recogniser = (error, { origin }) => {
  const issues = validationIssues(error);
  if (issues === undefined) return undefined;
  return {
    code: isEnvSchema(error) ? ErrorCode.CONFIG_INVALID : mismatch(origin),
    message: issuesMessage(issues),
    details: { issues },
  };
};

/** What a model wrote, or its response: not the input of our caller. */
function mismatch(origin: ErrorOrigin | undefined): ErrorCode {
  return origin === 'llm' ? ErrorCode.LLM_INVALID_RESPONSE : ErrorCode.SCHEMA_MISMATCH;
}
