/** Every code that an error of this library can carry, grouped by the moment at which it is met. */
export type ErrorCode =
  // opening a region or a mapping
  | 'ERR_INVALID_ARG' // an argument has the wrong type, range or form
  | 'ERR_INVALID_NAME' // a region or tag name that cannot be a file name
  | 'ERR_REGION_NOT_FOUND' // no region of that name
  | 'ERR_REGION_LOCKED' // another live master holds the region
  | 'ERR_REGION_CORRUPT' // bytes that no master of ours wrote
  | 'ERR_REGION_FORMAT' // another format version or byte order
  | 'ERR_REGION_DENIED' // wrong owner, wrong mode or no permission
  | 'ERR_DIRECTORY' // the region directory cannot be used
  | 'ERR_TIMEOUT' // waited as long as was asked
  | 'ERR_UNSUPPORTED' // not possible on this platform or over this implementation
  | 'ERR_SYSTEM' // the operating system refused for a reason of its own; `cause` has it
  // publishing
  | 'ERR_NOT_SERIALIZABLE' // JSON cannot hold the value
  | 'ERR_PATH_INVALID' // not an RFC 6901 pointer
  | 'ERR_PATH_NOT_FOUND' // the path does not exist, or its parent is no container
  | 'ERR_PATCH_INVALID' // not an RFC 6902 patch
  | 'ERR_PATCH_TEST_FAILED' // a `test` operation did not hold
  | 'ERR_SCHEMA' // the document does not pass the schema; `issues` lists why
  | 'ERR_NO_SPACE' // the file system is full
  | 'ERR_TOO_LARGE' // beyond `maxBytes`, a limit of the format, or the size that the system lets a file have
  | 'ERR_BUSY' // a write inside a write
  | 'ERR_FENCED' // this master has lost the region to another
  // asking a master for a write
  | 'ERR_CONFLICT' // another writer was first: the document has another version than the one that the write is for
  | 'ERR_REQUEST' // the two sides do not understand each other, or the write failed in the master for a reason without a code
  | 'ERR_UNANSWERED' // the master does not answer: whether the write is done is not known
  // following and writing a log on other machines
  | 'ERR_UPSTREAM' // the servers cannot be reached, or refuse
  | 'ERR_UPSTREAM_CLIENT' // the client of the engine is not installed
  | 'ERR_UPSTREAM_CONFLICT' // another writer was first; `sequence` is the revision that won
  | 'ERR_UPSTREAM_INVALID' // an entry, a blob or an answer that is not what it should be
  // reading
  | 'ERR_READ_ONLY' // an attempt to write what may only be read
  | 'ERR_OUT_OF_RANGE' // outside the mapping
  | 'ERR_VERSION_GONE' // that version is no longer kept, or does not exist yet
  // closing
  | 'ERR_CLOSED'; // used after close

/** What an error has beside its code and summary; `pid` and `issues` are among them. */
type Details = { cause?: unknown; cure?: string | undefined } & Record<string, unknown>;

function messageOf(summary: string, { cure }: Details = {}): string {
  return cure === undefined ? summary : `${summary}; ${cure}`;
}

/** What the constructor sets. */
const OWN = new Set(['cause', 'code', 'name', 'summary']);

function assignDetails(error: Error, details: Details | undefined): void {
  for (const [key, value] of Object.entries(details ?? {})) {
    if (!OWN.has(key) && value !== undefined) Object.assign(error, { [key]: value });
  }
}

/**
 * Marks our errors for every copy of this library in a process: a program can load it as an ES module, as CommonJS and in a bundle, and `instanceof` knows
 * the errors of all of them.
 */
const ERROR = Symbol.for('jsonmmap.JsonMmapError');
const TYPE_ERROR = Symbol.for('jsonmmap.JsonMmapTypeError');

function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === 'object' && value !== null && mark in value;
}

/** What `instanceof` does without a rule of a class's own: for subclasses, which inherit ours. */
function isInstance(type: unknown, value: unknown): boolean {
  return Function.prototype[Symbol.hasInstance].call(type, value);
}

/**
 * The error that every function of this library throws. Programs test `code`, people read `message`, which consists of `summary`, what failed and where, and
 * `cure`, what to do. Some codes carry more: `ERR_REGION_LOCKED` has `pid`, `ERR_SCHEMA` has `issues`.
 */
export class JsonMmapError extends Error {
  // A field: an assignment fails where `Error.prototype` is frozen.
  override readonly name: string = 'JsonMmapError';
  readonly code: ErrorCode;
  /** What failed, and where. */
  readonly summary: string;
  /** What to do; undefined where that follows from the summary. */
  declare readonly cure?: string;

  constructor(code: ErrorCode, summary: string, details?: Details) {
    super(messageOf(summary, details), details && 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.summary = summary;
    assignDetails(this, details);
  }

  /** @internal */
  get [ERROR](): true {
    return true;
  }

  /** @internal */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this, and have another rule
    return this === JsonMmapError ? isMarked(value, ERROR) : isInstance(this, value);
  }
}

/** A `TypeError` with a code: what the language itself throws where a read-only or wrongly typed thing is misused. */
export class JsonMmapTypeError extends TypeError {
  override readonly name: string = 'JsonMmapTypeError';
  readonly code: ErrorCode;
  /** What failed, and where. */
  readonly summary: string;
  /** What to do; undefined where that follows from the summary. */
  declare readonly cure?: string;

  constructor(code: ErrorCode, summary: string, details?: Details) {
    super(messageOf(summary, details), details && 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.summary = summary;
    assignDetails(this, details);
  }

  /** @internal */
  get [TYPE_ERROR](): true {
    return true;
  }

  /** @internal */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: subclasses inherit this, and have another rule
    return this === JsonMmapTypeError ? isMarked(value, TYPE_ERROR) : isInstance(this, value);
  }
}

/** Our own bugs, never the world's faults: those get a code. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`jsonmmap: internal error, please report it: ${message}`);
}

/** The errno name of a failed system call, whatever made it. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What the permission model of Node throws, before it asks the system: https://nodejs.org/api/permissions.html */
export const PERMISSION_MODEL = 'ERR_ACCESS_DENIED';

/** Translates a failed system call into a coded error; `doing` completes "could not …". */
export function systemError(error: unknown, doing: string): JsonMmapError {
  const errno = errnoOf(error) ?? 'unknown error';
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new JsonMmapError('ERR_NO_SPACE', `could not ${doing}: the file system is full (${errno})`, {
      cause: error,
      cure: `free space or use another directory`,
    });
  }
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') {
    return new JsonMmapError('ERR_REGION_DENIED', `could not ${doing}: permission denied (${errno})`, {
      cause: error,
      cure: `check owner and mode`,
    });
  }
  if (errno === 'EFBIG') {
    return new JsonMmapError('ERR_TOO_LARGE', `could not ${doing}: no file may be that long here (EFBIG)`, {
      cause: error,
      cure: `raise the limit of file sizes (ulimit -f, LimitFSIZE= of systemd), or use another file system`,
    });
  }
  if (errno === 'EMFILE' || errno === 'ENFILE') {
    return new JsonMmapError('ERR_SYSTEM', `could not ${doing}: too many files are open (${errno})`, {
      cause: error,
      cure: `close some, or raise the limit (ulimit -n)`,
    });
  }
  if (errno === PERMISSION_MODEL) {
    return new JsonMmapError('ERR_REGION_DENIED', `could not ${doing}: the permission model of Node forbids it`, {
      cause: error,
      cure: `docs/LIMITS.md says what to allow`,
    });
  }
  return new JsonMmapError('ERR_SYSTEM', `could not ${doing}: ${errno}`, { cause: error });
}

/** Runs `call`, which makes system calls, and gives an error of theirs its code; `doing` completes "could not …". */
export function perform<R>(doing: string, call: () => R): R {
  try {
    return call();
  } catch (error) {
    throw error instanceof JsonMmapError || errnoOf(error) === undefined ? error : systemError(error, doing);
  }
}

/** @throws `ERR_INVALID_ARG` for options that are no object, or have a name that is not `known` */
export function checkOptions(options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new JsonMmapError('ERR_INVALID_ARG', 'options must be an object');
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new JsonMmapError('ERR_INVALID_ARG', `there is no option ${JSON.stringify(unknown)}`, {
    cure: `use ${known.join(', ')}`,
  });
}
