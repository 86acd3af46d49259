import { ErrorCode } from '../codes/error-code.ts';
import { isEnvSchema, issuesMessage, validationIssues } from '../describe/validation-issues.ts';
import type { Recogniser } from './recognition.ts';

/** Zod, Valibot and others with `issues`; ajv; TypeBox; env-schema. */
export const recogniseValidation: Recogniser = (error) => {
  const issues = validationIssues(error);
  if (issues === undefined) return undefined;
  return {
    code: isEnvSchema(error) ? ErrorCode.CONFIG_INVALID : ErrorCode.SCHEMA_MISMATCH,
    message: issuesMessage(issues),
    details: { issues },
  };
};
