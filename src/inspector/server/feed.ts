/** What a page is told while it is open: versions as they are published, and how the region is, as server-sent events. */
import type { ServerResponse } from 'node:http';
import { JsonMmapError } from '../../errors.js';
import type { JsonPatch } from '../../format/compare/json-patch.js';
import type { Follower } from '../../index.js';

/** Between two messages about changes: no eye sees more, and a burst of versions becomes one step. */
const STEP_MS = 50;
const STATUS_MS = 1000;

/** Of a larger change the page is told how large it is, and the first operations. */
const OPERATIONS_MAX = 100;
const VALUE_MAX_LENGTH = 2000;

/** Sends a region's changes and its state until the connection ends. */
export function feed(follower: Follower, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  let told = follower.version;
  let timer: NodeJS.Timeout | undefined;
  const send = (event: string, data: unknown): void => {
    if (response.writableNeedDrain) return; // a page that does not read gets the newest when it does
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const step = (): void => {
    timer = undefined;
    if (response.writableNeedDrain) {
      timer = setTimeout(step, STEP_MS);
      return;
    }
    const message = stepFrom(follower, told);
    told = message.version;
    send('change', message);
  };
  const onChange = (): void => {
    timer ??= setTimeout(step, STEP_MS);
  };
  const status = (): void => send('status', statusOf(follower));
  const ticker = setInterval(status, STATUS_MS);
  follower.on('change', onChange);
  const onRemoved = (): void => send('removed', {});
  follower.on('removed', onRemoved);
  status();
  response.once('close', () => {
    clearInterval(ticker);
    clearTimeout(timer);
    follower.off('change', onChange);
    follower.off('removed', onRemoved);
  });
}

/** How a region is, now. */
export function statusOf(follower: Follower): object {
  const { held, ...status } = follower.status();
  return { ...status, heldBytes: held.bytes, name: follower.name, path: follower.path };
}

interface Step {
  readonly version: number;
  readonly previousVersion: number;
  readonly committedAt: number;
  /** How many operations the change has; undefined where the version before is gone. */
  readonly operations?: number;
  readonly patch?: readonly object[];
}

function stepFrom(follower: Follower, previousVersion: number): Step {
  const { version, committedAt } = follower.status();
  const step = { version, previousVersion, committedAt };
  try {
    const patch = follower.diff(previousVersion, version);
    return { ...step, operations: patch.length, patch: shortened(patch) };
  } catch (error) {
    if (error instanceof JsonMmapError && error.code === 'ERR_VERSION_GONE') return step;
    throw error;
  }
}

/** Returns the first operations, without values that no line could show. */
export function shortened(patch: JsonPatch): object[] {
  return patch.slice(0, OPERATIONS_MAX).map((operation) => {
    if (!('value' in operation)) return operation;
    const text = JSON.stringify(operation.value);
    if (text.length <= VALUE_MAX_LENGTH) return operation;
    const { value: _, ...rest } = operation;
    return { ...rest, cut: text.slice(0, VALUE_MAX_LENGTH), length: text.length };
  });
}
