/**
 * What goes over a master's control socket: one request a connection, one answer, each a JSON text in UTF-8. The client ends its half of the connection
 * after the request, so no length or delimiter is needed. Both carry the number of the protocol; the write is one level down, so that a master
 * of protocol 1, which had no number, finds no verb and refuses. A write with a condition has a number of its own: a master of protocol 2 would
 * ignore the condition, and refuses the number.
 */
import { JsonMmapError } from '../errors.js';
import { NAME_MAX_CHARACTERS } from './limits.js';
import { tooDeep } from './meter.js';

/** Of answers, and of requests without a condition. */
export const PROTOCOL = 2;
/** Of requests with `ifVersion`. */
export const CONDITIONAL_PROTOCOL = 3;
/** Of questions: what a master of protocol 3 would take for a request without a write. */
export const QUESTION_PROTOCOL = 4;

/** Of tasks: what a master of protocol 4 would take for a request without a write. */
export const TASK_PROTOCOL = 5;

const PROTOCOLS: ReadonlySet<unknown> = new Set([PROTOCOL, CONDITIONAL_PROTOCOL, QUESTION_PROTOCOL, TASK_PROTOCOL]);

const VERBS = ['write', 'set', 'delete', 'patch', 'merge'] as const;

/** A write that the master is asked to do. */
export interface WriteRequest {
  readonly verb: (typeof VERBS)[number];
  /** For `set` and `delete`: a JSON pointer. */
  readonly path?: string;
  /** For all but `delete`. */
  readonly value?: unknown;
  /** Only if this is the version of the document; 0: only if there is none yet. */
  readonly ifVersion?: number | undefined;
}

/** The requesting process, by its own account: any process of the same user can claim anything. */
export interface Requester {
  readonly pid: number;
  /** The name of its program. */
  readonly name: string;
}

export interface Request {
  readonly protocol: typeof PROTOCOL | typeof CONDITIONAL_PROTOCOL;
  /** The region: its socket may have been renamed since. */
  readonly region: string;
  readonly by: Requester;
  readonly write: WriteRequest;
}

/** A question instead of a write. Who may write may ask. */
export interface Question {
  readonly protocol: typeof QUESTION_PROTOCOL;
  readonly region: string;
  readonly by: Requester;
  readonly question: 'report';
}

const TASKS = ['reload', 'restart', 'origins'] as const;

/** What the program around a master is asked for: to read its sources again, to replace its followers, to say which source has each value. */
export interface Task {
  readonly verb: (typeof TASKS)[number];
  /** Of `origins`: a JSON pointer. */
  readonly path?: string | undefined;
  /** Whether the answer comes when it is done; otherwise, when it has begun. */
  readonly wait: boolean;
}

/** A task instead of a write. Who may write may ask. */
export interface TaskRequest {
  readonly protocol: typeof TASK_PROTOCOL;
  readonly region: string;
  readonly by: Requester;
  readonly task: Task;
}

/** What a master did, or did not do, for another process. */
export interface RequestEvent {
  readonly verb: WriteRequest['verb'];
  /** For `set` and `delete`: a JSON pointer. */
  readonly path?: string;
  /** The write was to be done only at this version. */
  readonly ifVersion?: number;
  readonly by: Requester;
  /** The version at which the write is visible. */
  readonly version?: number;
  /** Why it was refused. */
  readonly error?: JsonMmapError;
}

/** What a schema says of one path. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** @throws `ERR_REQUEST` for another protocol, `ERR_INVALID_ARG` for what is no request, `ERR_TOO_LARGE` for a pointer of too many tokens */
export function parseRequest(text: string, region: string, depthMax: number): Request | Question | TaskRequest {
  const request = parsed(text) as Partial<Request> | Partial<Question> | Partial<TaskRequest> | null;
  if (typeof request !== 'object' || request === null) throw malformed('it is no object');
  if (!PROTOCOLS.has(request.protocol)) throw otherProtocol(request.protocol);
  if (request.region !== region) throw malformed(`it is for another region than ${region}`);
  checkRequester(request.by);
  if (request.protocol === QUESTION_PROTOCOL) {
    if (request.question !== 'report') throw malformed('it asks no known question');
    return request as Question;
  }
  if (request.protocol === TASK_PROTOCOL) {
    checkTask(request.task, depthMax);
    return request as TaskRequest;
  }
  checkWrite((request as Partial<Request>).write, depthMax);
  checkCondition(request as Request);
  return request as Request;
}

/** Returns the number of the protocol that a master must know to do `write` and nothing else. */
export function protocolOf({ ifVersion }: WriteRequest): Request['protocol'] {
  return ifVersion === undefined ? PROTOCOL : CONDITIONAL_PROTOCOL;
}

/** What this process says of itself, unless it has a better name. */
export function ourselves(name = process.argv[1]?.split(/[/\\]/).at(-1) ?? 'node'): Requester {
  return { pid: process.pid, name: name.slice(0, NAME_MAX_CHARACTERS) };
}

export function otherProtocol(protocol: unknown): JsonMmapError {
  const theirs = Number.isSafeInteger(protocol) ? `protocol ${protocol}` : 'an older protocol';
  return new JsonMmapError(
    'ERR_REQUEST',
    `the two sides of the control socket are of different versions of jsonmmap, protocol ${PROTOCOL} here and ${theirs} there`,
    { cure: `use the same version in both` },
  );
}

export function malformed(reason: string): JsonMmapError {
  return new JsonMmapError('ERR_INVALID_ARG', `that is no message of a control socket: ${reason}`);
}

function checkRequester(by: Partial<Requester> | null | undefined): void {
  const { pid, name } = by ?? {};
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) throw malformed('it does not say which process asks');
  if (typeof name !== 'string' || name.length > NAME_MAX_CHARACTERS)
    throw malformed(`who asks has no name of at most ${NAME_MAX_CHARACTERS} characters`);
}

function checkTask(task: Partial<Task> | null | undefined, depthMax: number): void {
  const { verb, wait, path } = task ?? {};
  if (!TASKS.includes(verb as Task['verb'])) throw malformed('it names no known task');
  if (typeof wait !== 'boolean') throw malformed('it does not say whether it waits');
  if (verb === 'origins' && typeof path !== 'string') throw malformed('origins needs a path');
  checkDepth(path, depthMax);
}

function checkWrite(write: Partial<WriteRequest> | null | undefined, depthMax: number): void {
  const { verb, path, value } = write ?? {};
  if (!VERBS.includes(verb as WriteRequest['verb'])) throw malformed('it names no known verb');
  if ((verb === 'set' || verb === 'delete') && typeof path !== 'string') throw malformed(`${verb} needs a path`);
  if (verb !== 'delete' && value === undefined) throw malformed(`${verb} needs a value`);
  checkDepth(path, depthMax);
  if (verb !== 'patch' || !Array.isArray(value)) return;
  for (const operation of value) {
    checkDepth(operation?.path, depthMax);
    checkDepth(operation?.from, depthMax);
  }
}

function checkCondition({ protocol, write: { ifVersion } }: Request): void {
  if (ifVersion === undefined) return;
  if (protocol !== CONDITIONAL_PROTOCOL) throw malformed(`ifVersion needs protocol ${CONDITIONAL_PROTOCOL}`);
  if (!isVersion(ifVersion)) throw malformed('ifVersion is no version');
}

export function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkDepth(path: unknown, depthMax: number): void {
  if (typeof path !== 'string') return;
  let tokens = 0;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    if (++tokens > depthMax) throw tooDeep(depthMax);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed((error as Error).message);
  }
}
