/**
 * What a master takes from its control socket. Every limit is checked while a request arrives, before anything of it is parsed; each has an
 * answer with a code. `docs/LIMITS.md` lists them for users.
 */

export interface ControlLimits {
  /** Bytes of one request: a JSON text. */
  readonly requestMaxBytes: number;
  /** Bytes that all requests together may take while they arrive. */
  readonly pendingMaxBytes: number;
  /** Containers in one another, and tokens of a pointer. */
  readonly depthMax: number;
  /** Connections at once. */
  readonly connectionsMax: number;
  /** From the connection to the last byte of the request. */
  readonly requestMs: number;
  /** From the answer to its last byte taken. */
  readonly answerMs: number;
}

const MIB = 1024 * 1024;

export const CONTROL_LIMITS: ControlLimits = {
  // Half of what V8 can make one string of. A region without `maxBytes` holds more: such a document is published by the master itself.
  requestMaxBytes: 256 * MIB,
  pendingMaxBytes: 320 * MIB,
  // JSON.stringify of a client ends at about the same depth, for want of stack.
  depthMax: 4096,
  connectionsMax: 256,
  requestMs: 30_000,
  answerMs: 30_000,
};

/** An answer is a number or a message: a master never sends a longer one. */
export const ANSWER_MAX_BYTES = MIB;
export const MESSAGE_MAX_CHARACTERS = 16_384;
export const ISSUES_MAX = 100;
/** Of the requesting process. */
export const NAME_MAX_CHARACTERS = 100;
