import { has, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import type { Recogniser } from './recognition.ts';

/** Tokens of a caller that cannot be accepted: jsonwebtoken, jose, and the Admin SDK of Firebase. */
export const recogniseToken: Recogniser = (error) => {
  const name = readString(error, 'name') ?? '';
  const word = readString(error, 'code') ?? '';
  if (name === 'TokenExpiredError' && has(error, 'expiredAt')) {
    return { code: ErrorCode.TOKEN_EXPIRED };
  }
  if (name === 'JsonWebTokenError' || (name === 'NotBeforeError' && has(error, 'date'))) {
    return { code: ErrorCode.AUTH_ERROR };
  }
  if (word === 'ERR_JWT_EXPIRED') return { code: ErrorCode.TOKEN_EXPIRED };
  if (/^ERR_(?:JWT|JWS|JWE)_/.test(word)) return { code: ErrorCode.AUTH_ERROR };
  if (/^auth\/(?:id-token|session-cookie)-(?:expired|revoked)$/.test(word)) {
    return { code: ErrorCode.TOKEN_EXPIRED };
  }
  const isFirebase = /^auth\/(?:argument-error|invalid-(?:id-token|session-cookie\b))/.test(word);
  return isFirebase ? { code: ErrorCode.AUTH_ERROR } : undefined;
};
