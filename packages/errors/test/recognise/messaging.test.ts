import { describe, expect, test } from 'vitest';
import { convertException, ErrorCode, isRetryable } from '../../src/index.ts';

/** The shapes of errors as the packages make them. */
const error = (name: string, message: string, fields: object = {}): Error =>
  Object.assign(new Error(message), name === 'Error' ? {} : { name }, fields);
const exceeded = (cause: Error): Error =>
  error('KafkaJSNumberOfRetriesExceeded', cause.message, {
    retriable: false,
    retryCount: 5,
    cause,
  });
const kafka = (type: string, retriable: boolean): Error =>
  error('KafkaJSProtocolError', 'The broker says no.', { type, code: 10, retriable });
const nats = (code: string): Error => error('NatsError', code, { code });
const amqp = (code: number): Error =>
  error('Error', `Channel closed by server: ${code}`, { code, classId: 50, methodId: 10 });
const mail = (code: string, responseCode?: number, message = 'No.'): Error =>
  error('Error', message, {
    code,
    command: 'RCPT TO',
    ...(responseCode !== undefined && { responseCode }),
  });

describe('kafkajs', () => {
  test.each<[Error, ErrorCode, boolean]>([
    [error('KafkaJSConnectionClosedError', 'Closed connection'), ErrorCode.CONNECTION_RESET, false],
    [error('KafkaJSConnectionError', 'Broker not connected'), ErrorCode.CONNECTION_ERROR, true],
    [error('KafkaJSError', 'The producer is disconnected'), ErrorCode.CLIENT_CLOSED, false],
    [error('KafkaJSSASLAuthenticationError', 'SASL PLAIN failed'), ErrorCode.CONFIG_INVALID, false],
    [
      error('KafkaJSRequestTimeoutError', 'Request Produce timed out'),
      ErrorCode.OPERATION_TIMEOUT,
      false,
    ],
    [kafka('NOT_LEADER_FOR_PARTITION', true), ErrorCode.UPSTREAM_ERROR, true],
    [kafka('MESSAGE_TOO_LARGE', false), ErrorCode.UPSTREAM_REJECTED, false],
  ])('%s', (raw, code, retryable) => {
    for (const given of [raw, exceeded(raw)]) {
      const found = convertException(given);
      expect([found.code, isRetryable(found)]).toEqual([code, retryable]);
    }
  });
});

test.each<[string, ErrorCode, boolean]>([
  ['CONNECTION_REFUSED', ErrorCode.CONNECTION_REFUSED, true],
  ['CONNECTION_CLOSED', ErrorCode.CLIENT_CLOSED, false],
  ['AUTHORIZATION_VIOLATION', ErrorCode.CONFIG_INVALID, false],
  ['MAX_PAYLOAD_EXCEEDED', ErrorCode.UPSTREAM_REJECTED, false],
  ['503', ErrorCode.UPSTREAM_ERROR, true],
  ['TIMEOUT', ErrorCode.OPERATION_TIMEOUT, true],
])('nats: %s', (word, code, retryable) => {
  const found = convertException(nats(word));
  expect([found.code, found.retryable]).toEqual([code, retryable]);
});

test.each<[string, string, ErrorCode]>([
  ['NoResponders', "no responders: 'pears'", ErrorCode.UPSTREAM_ERROR],
  ['ClosedConnectionError', 'closed connection', ErrorCode.CLIENT_CLOSED],
  ['DrainingConnectionError', 'connection draining', ErrorCode.CLIENT_CLOSED],
  ['PermissionViolationError', 'Permissions Violation', ErrorCode.CONFIG_INVALID],
])('nats 3: %s', (name, message, code) => {
  expect(convertException(error(name, message)).code).toBe(code);
});

test.each<[Error, ErrorCode]>([
  [amqp(404), ErrorCode.UPSTREAM_REJECTED],
  [amqp(320), ErrorCode.CONNECTION_RESET],
  [amqp(541), ErrorCode.UPSTREAM_ERROR],
  [amqp(505), ErrorCode.PROTOCOL_ERROR],
  [error('IllegalOperationError', 'Channel closed'), ErrorCode.CLIENT_CLOSED],
  [error('Error', 'Heartbeat timeout'), ErrorCode.CONNECTION_RESET],
  [
    error('Error', 'Handshake terminated by server: 403 (ACCESS-REFUSED)'),
    ErrorCode.CONFIG_INVALID,
  ],
  [error('Error', 'Expected amqp: or amqps: as the protocol; got http:'), ErrorCode.CONFIG_INVALID],
])('amqplib: %s', (raw, code) => {
  expect(convertException(raw).code).toBe(code);
});

test.each<[Error, ErrorCode, boolean]>([
  [mail('EENVELOPE', 451), ErrorCode.UPSTREAM_ERROR, true],
  [mail('EENVELOPE', 550), ErrorCode.UPSTREAM_REJECTED, false],
  [mail('EENVELOPE'), ErrorCode.VALIDATION_ERROR, false],
  [mail('EAUTH', 535), ErrorCode.CONFIG_INVALID, false],
  [mail('EAUTH', 454), ErrorCode.UPSTREAM_ERROR, true],
  [mail('ECONNECTION'), ErrorCode.CONNECTION_RESET, false],
  [mail('EPROTOCOL'), ErrorCode.PROTOCOL_ERROR, false],
  [mail('ETIMEDOUT'), ErrorCode.CONNECTION_TIMEOUT, true],
  [
    mail('ESOCKET', undefined, 'connect ECONNREFUSED 127.0.0.1:2'),
    ErrorCode.CONNECTION_REFUSED,
    true,
  ],
  [
    mail('ESOCKET', undefined, '40:error:0A00010B:SSL routines:wrong'),
    ErrorCode.TLS_FAILURE,
    false,
  ],
])('nodemailer: %o', (raw, code, retryable) => {
  const found = convertException(raw, { origin: 'api' });
  expect([found.code, isRetryable(found)]).toEqual([code, retryable]);
});
