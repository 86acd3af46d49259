import { has, read, readNumber, readString } from '@map/redaction/kernel';
import { ErrorCode } from '../codes/error-code.ts';
import { timeoutCode } from './abort.ts';
import type { RecogniseContext, Recogniser, Recognition } from './recognition.ts';

type Codes = Readonly<Record<string, ErrorCode>>;
type Sentences = readonly (readonly [sentence: RegExp, code: ErrorCode])[];

// kafkajs
const KAFKA: Codes = {
  KafkaJSConnectionClosedError: ErrorCode.CONNECTION_RESET,
  KafkaJSNoBrokerAvailableError: ErrorCode.CONNECTION_ERROR,
  KafkaJSBrokerNotFound: ErrorCode.CONNECTION_ERROR,
  KafkaJSMetadataNotLoaded: ErrorCode.CONNECTION_ERROR,
  KafkaJSSASLAuthenticationError: ErrorCode.CONFIG_INVALID,
  KafkaJSServerDoesNotSupportApiKey: ErrorCode.PROTOCOL_ERROR,
  KafkaJSTimeout: ErrorCode.OPERATION_TIMEOUT,
  KafkaJSLockTimeout: ErrorCode.OPERATION_TIMEOUT,
};

const KAFKA_SENTENCES: Sentences = [
  [/^Broker not connected$/, ErrorCode.CONNECTION_ERROR],
  [/^The (?:producer|consumer|admin) is disconnected$/, ErrorCode.CLIENT_CLOSED],
  [/^Failed to connect: /, ErrorCode.CONFIG_INVALID],
];

// The codes of nats 2, and the names of the classes of nats 3.
const NATS: Codes = {
  CONNECTION_REFUSED: ErrorCode.CONNECTION_REFUSED,
  CONNECTION_TIMEOUT: ErrorCode.CONNECTION_TIMEOUT,
  CONNECTION_CLOSED: ErrorCode.CLIENT_CLOSED,
  CONNECTION_DRAINING: ErrorCode.CLIENT_CLOSED,
  DISCONNECT: ErrorCode.CONNECTION_RESET,
  AUTHORIZATION_VIOLATION: ErrorCode.CONFIG_INVALID,
  AUTHENTICATION_EXPIRED: ErrorCode.CONFIG_INVALID,
  AUTHENTICATION_TIMEOUT: ErrorCode.CONNECTION_TIMEOUT,
  PERMISSIONS_VIOLATION: ErrorCode.CONFIG_INVALID,
  BAD_AUTHENTICATION: ErrorCode.CONFIG_INVALID,
  BAD_CREDS: ErrorCode.CONFIG_INVALID,
  MAX_PAYLOAD_EXCEEDED: ErrorCode.UPSTREAM_REJECTED,
  NATS_PROTOCOL_ERR: ErrorCode.PROTOCOL_ERROR,
  // Nobody serves the subject.
  503: ErrorCode.UPSTREAM_ERROR,
  NoResponders: ErrorCode.UPSTREAM_ERROR,
  NoRespondersError: ErrorCode.UPSTREAM_ERROR,
  ClosedConnectionError: ErrorCode.CLIENT_CLOSED,
  DrainingConnectionError: ErrorCode.CLIENT_CLOSED,
  PermissionViolationError: ErrorCode.CONFIG_INVALID,
  UserAuthenticationExpiredError: ErrorCode.CONFIG_INVALID,
};

// amqplib throws plain errors with these sentences.
const AMQP_SENTENCES: Sentences = [
  [/^Socket closed abruptly during opening handshake$/, ErrorCode.CONNECTION_RESET],
  [/^Unexpected close$|^Heartbeat timeout$/, ErrorCode.CONNECTION_RESET],
  [/^Channel ended, no reply will be forthcoming$|^channel closed$/, ErrorCode.CONNECTION_RESET],
  [/^Handshake terminated by server: 403\b/, ErrorCode.CONFIG_INVALID],
  [/^Expected amqps?: or amqps?: as the protocol/, ErrorCode.CONFIG_INVALID],
  [/^Frame size \d+ exceeds maxFrameSize/, ErrorCode.PROTOCOL_ERROR],
  [/^message nacked$/, ErrorCode.UPSTREAM_ERROR],
];

// nodemailer
const MAIL: Codes = {
  EAUTH: ErrorCode.CONFIG_INVALID,
  ENOAUTH: ErrorCode.CONFIG_INVALID,
  EOAUTH2: ErrorCode.CONFIG_INVALID,
  ECONNECTION: ErrorCode.CONNECTION_RESET,
  EPROTOCOL: ErrorCode.PROTOCOL_ERROR,
  ETLS: ErrorCode.TLS_FAILURE,
  EENVELOPE: ErrorCode.VALIDATION_ERROR,
};

/** Clients of message brokers and mail: kafkajs, nats, amqplib, nodemailer. */
export const recogniseMessaging: Recogniser = (error, context) =>
  recogniseKafka(error, context) ??
  recogniseNats(error, context) ??
  recogniseAmqp(error) ??
  recogniseMail(error);

function recogniseKafka(error: object, { origin }: RecogniseContext): Recognition | undefined {
  const name = readString(error, 'name') ?? '';
  const found =
    own(KAFKA, name) ??
    (/^KafkaJS/.test(name) || name === 'Error' ? bySentence(KAFKA_SENTENCES, error) : undefined);
  if (found !== undefined) return { code: found };
  // The request was sent, so it may have been executed.
  if (name === 'KafkaJSRequestTimeoutError') {
    return { code: timeoutCode(origin), retryable: 'conditional' };
  }
  const type = readString(error, 'type');
  if (!/^KafkaJS/.test(name) || type === undefined) return undefined;
  const details = { system_code: type.slice(0, 60) };
  const isPassing = read(error, 'retriable') === true;
  return { code: isPassing ? ErrorCode.UPSTREAM_ERROR : ErrorCode.UPSTREAM_REJECTED, details };
}

function recogniseNats(error: object, { origin }: RecogniseContext): Recognition | undefined {
  const name = readString(error, 'name') ?? '';
  if (name !== 'NatsError') {
    const code = /^(?:No|Closed|Draining|Permission|User)/.test(name) ? own(NATS, name) : undefined;
    return code && { code };
  }
  const word = readString(error, 'code') ?? '';
  if (word === 'TIMEOUT') return { code: timeoutCode(origin) };
  const code = own(NATS, word);
  return code && { code, details: { system_code: word } };
}

function recogniseAmqp(error: object): Recognition | undefined {
  const number = readNumber(error, 'code');
  // https://www.rabbitmq.com/amqp-0-9-1-reference#constants
  if (number !== undefined && has(error, 'classId') && has(error, 'methodId')) {
    return { code: amqpCode(number), details: { system_code: String(number) } };
  }
  if (has(error, 'code')) return undefined;
  if (readString(error, 'name') === 'IllegalOperationError')
    return { code: ErrorCode.CLIENT_CLOSED };
  const found = bySentence(AMQP_SENTENCES, error);
  return found && { code: found };
}

function amqpCode(number: number): ErrorCode {
  if (number === 320) return ErrorCode.CONNECTION_RESET;
  if (number === 541) return ErrorCode.UPSTREAM_ERROR;
  return number > 500 && number < 530 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.UPSTREAM_REJECTED;
}

/** A reply that begins with 4 is that of a fault which passes, one with 5 is final. */
function recogniseMail(error: object): Recognition | undefined {
  const word = readString(error, 'code') ?? '';
  const reply = readNumber(error, 'responseCode');
  if (!/^E[A-Z\d]+$/.test(word) || !(has(error, 'command') || reply !== undefined))
    return undefined;
  const details = { system_code: String(reply ?? word) };
  if (reply !== undefined && reply >= 400 && reply < 500) {
    return { code: ErrorCode.UPSTREAM_ERROR, details };
  }
  const code = own(MAIL, word);
  if (reply === undefined || code === ErrorCode.CONFIG_INVALID) return code && { code, details };
  return { code: ErrorCode.UPSTREAM_REJECTED, details };
}

function own(codes: Codes, word: string): ErrorCode | undefined {
  return Object.hasOwn(codes, word) ? codes[word] : undefined;
}

function bySentence(sentences: Sentences, error: object): ErrorCode | undefined {
  const message = readString(error, 'message') ?? '';
  return sentences.find(([sentence]) => sentence.test(message))?.[1];
}
