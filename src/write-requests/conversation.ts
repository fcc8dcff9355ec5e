/** One connection to a control socket: a request comes in, an answer goes out, and neither takes longer than it may. */
import type { Socket } from 'node:net';
import { debuglog } from 'node:util';
import { JsonMmapError } from '../errors.js';
import { answerable, answerText, type Outcome } from './answer.js';
import { Arrival, type PendingBytes } from './arrival.js';
import type { ControlLimits } from './limits.js';

const debug = debuglog('jsonmmap');
/** A timer is rarely so late but behind a write. */
const BLOCKED_MS = 10;

/** What the connections of one socket share. */
export interface Conversations {
  readonly limits: ControlLimits;
  readonly pending: PendingBytes;
  readonly open: Set<Socket>;
  /** Told that there are too many, and kept until they have read it; as many at most. */
  readonly refused: Set<Socket>;
}

/** Takes a request from `socket`, answers with what `apply` makes of its text, and lets go. Never throws. */
export function converse(
  socket: Socket,
  { limits, pending, open, refused }: Conversations,
  apply: (text: string) => Promise<Outcome>,
): void {
  const arrival = new Arrival(limits, pending);
  let answering = false;
  let cancelDeadline = afterLiveMs(limits.requestMs, () => answer({ error: tooSlow(limits.requestMs) }));

  const answer = (outcome: Outcome): void => {
    answering = true;
    arrival.end();
    cancelDeadline();
    if (socket.destroyed) return;
    cancelDeadline = afterLiveMs(limits.answerMs, () => socket.destroy());
    socket.end(answerText(outcome));
  };

  socket.unref();
  socket.on('error', (error) => debug('a control connection broke: %o', error));
  socket.on('close', () => {
    cancelDeadline();
    arrival.end();
    open.delete(socket);
    refused.delete(socket);
  });
  // What comes after a refusal is read and forgotten: closing at once would cost the other side the answer.
  socket.on('data', (chunk: Buffer) => {
    if (!answering) refusing(() => arrival.add(chunk), answer);
  });
  socket.on('end', () => {
    if (answering) return;
    answering = true;
    cancelDeadline(); // a write takes as long as it takes
    refusing(() => {
      apply(arrival.text())
        .then(answer)
        .catch((thrown) => answer({ error: answerable(thrown) }));
    }, answer);
  });

  if (open.size < limits.connectionsMax) open.add(socket);
  else if (refused.size < limits.connectionsMax) {
    refused.add(socket);
    answer({ error: crowded(limits.connectionsMax) });
  } else socket.destroy();
}

/**
 * Runs `act` after `ms`, unless the returned function is called before. Where a write has blocked this process at that moment, what came meanwhile is not read
 * yet: the time that was lost is given back.
 */
function afterLiveMs(ms: number, act: () => void): () => void {
  let due = performance.now() + ms;
  const onTimer = (): void => {
    const lostMs = performance.now() - due;
    if (lostMs < BLOCKED_MS) act();
    else {
      due = performance.now() + lostMs;
      timer = setTimeout(onTimer, lostMs).unref();
    }
  };
  let timer = setTimeout(onTimer, ms).unref();
  return () => clearTimeout(timer);
}

function refusing(body: () => void, answer: (outcome: Outcome) => void): void {
  try {
    body();
  } catch (thrown) {
    answer({ error: answerable(thrown) });
  }
}

function tooSlow(requestMs: number): JsonMmapError {
  return new JsonMmapError('ERR_TIMEOUT', `the request was not complete within ${requestMs} ms, and was not done`, {
    cure: `ask again`,
  });
}

function crowded(connectionsMax: number): JsonMmapError {
  return new JsonMmapError('ERR_BUSY', `${connectionsMax} other processes are asking the master just now`, {
    cure: `ask again`,
  });
}
