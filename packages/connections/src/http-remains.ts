import { type Channel, channel } from 'node:diagnostics_channel';
import { Readable } from 'node:stream';
import type { Options } from 'got';

type Part = unknown;

/** Members of a finished request of got, and of its answer, that lead to all else that was made for it. */
interface RequestParts {
  options: Part;
  response: Part;
  _request: Part;
  _requestOptions: Part;
  _unproxyEvents: Part;
  _cancelTimeouts: Part;
  _abortListenerDisposer: Part;
  _events: Part;
}

interface AnswerParts {
  request: Part;
  req: Part;
  _events: Part;
  _eventsCount: Part;
}

/**
 * Whether nobody but its caller gets hold of a request and its answer: not by means of its own, and
 * not as an error of an answer that is none for its caller.
 */
export function isPrivate(options: Options): boolean {
  return options.cache === undefined && options.request === undefined && options.throwHttpErrors;
}

let channels: Channel[] | undefined;

/** Whether Node tells others of requests and answers. */
function isObserved(): boolean {
  channels ??= ['request.created', 'request.start', 'response.finish'].map((event) =>
    channel(`http.client.${event}`),
  );
  return channels.some(({ hasSubscribers }) => hasSubscribers);
}

/**
 * What is left of a request of which only the body was read: taken apart, so that little of it lives
 * on.
 *
 * got assigns new functions to members of each request. V8 makes such functions in old space, where
 * they stay until the next full collection; until then each collection of the young takes all that
 * they lead to for alive, and copies it: a fifth of what a request costs. The parts are kept here,
 * where nothing old leads, and come back for whoever still asks for the answer.
 */
export class HttpRemains {
  #answer: (AnswerParts & Readable) | undefined;
  #request: (RequestParts & Readable) | undefined;
  #requestParts: RequestParts | undefined;
  #answerParts: AnswerParts | undefined;
  #isKept = false;
  #readers = 0;

  /** Takes note of the answer; one that is no stream is the body only. */
  answered(answer: unknown): void {
    if (!(answer instanceof Readable)) return;
    const { request } = answer as unknown as { request?: unknown };
    if (!(request instanceof Readable) || isObserved()) return;
    this.#answer = answer as unknown as AnswerParts & Readable;
    this.#request = request as unknown as RequestParts & Readable;
  }

  /** Has it whole for good, because somebody may hold the answer. */
  keep(): void {
    this.#isKept = true;
    this.#restore();
  }

  /** Has it whole while its body is read. */
  reading(): void {
    this.#readers += 1;
    this.#restore();
  }

  /** Says that its body has been read. */
  read(): void {
    this.#readers -= 1;
    if (finished.length === 0) setImmediate(takeApart);
    finished.push(this);
  }

  takeApart(): void {
    const answer = this.#answer;
    const request = this.#request;
    if (this.#isKept || this.#readers > 0 || this.#requestParts !== undefined) return;
    // What has not closed may still have something to say.
    if (!request?.closed || !answer?.closed) return;
    // Written out, because this runs for every request.
    this.#requestParts = {
      options: request.options,
      response: request.response,
      _request: request._request,
      _requestOptions: request._requestOptions,
      _unproxyEvents: request._unproxyEvents,
      _cancelTimeouts: request._cancelTimeouts,
      _abortListenerDisposer: request._abortListenerDisposer,
      _events: request._events,
    };
    this.#answerParts = {
      request: answer.request,
      req: answer.req,
      _events: answer._events,
      _eventsCount: answer._eventsCount,
    };
    request.options = undefined;
    request.response = undefined;
    request._request = undefined;
    request._requestOptions = undefined;
    request._unproxyEvents = undefined;
    request._cancelTimeouts = undefined;
    request._abortListenerDisposer = undefined;
    request._events = undefined;
    answer.request = undefined;
    answer.req = undefined;
    answer._events = undefined;
    answer._eventsCount = 0;
  }

  #restore(): void {
    if (this.#requestParts === undefined) return;
    const answer = this.#answer as AnswerParts;
    Object.assign(this.#request as RequestParts, this.#requestParts);
    // Whoever listens by now had it from elsewhere, and has nothing to hear but what is new.
    const isHeard = answer._events !== undefined;
    const { _events, _eventsCount } = answer;
    Object.assign(answer, this.#answerParts, isHeard && { _events, _eventsCount });
    this.#requestParts = undefined;
    this.#answerParts = undefined;
  }
}

let finished: HttpRemains[] = [];

/** Runs when all of the requests that have ended have said so. */
function takeApart(): void {
  const all = finished;
  finished = [];
  for (const remains of all) {
    try {
      remains.takeApart();
    } catch {
      // What cannot be taken apart lives a little longer.
      remains.keep();
    }
  }
}
