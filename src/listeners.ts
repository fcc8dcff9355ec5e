/**
 * The one base of everything here that emits. It differs from an `EventEmitter` of Node in two ways:
 *
 * - Each listener is called on its own. What it throws is an uncaught exception of its own, as from a timer: it neither undoes what has happened
 *   nor keeps other listeners from being told.
 * - An emitter learns that somebody listens from the call that adds a listener, and not from a `newListener` event: `removeAllListeners` takes
 *   the listeners of that event away with all others.
 *
 * Everything else is as in Node: order, `once`, `prependListener`, and which listeners are called if some are added or removed in the meantime.
 */
import { EventEmitter, errorMonitor } from 'node:events';

type Listener = (...values: unknown[]) => void;
type Method = (this: Emitter, ...values: unknown[]) => unknown;
type Events<E> = { [K in keyof E]: unknown[] };

/** What to call before a listener is added. */
const hooks = new WeakMap<object, () => void>();

export class Emitter<E extends Events<E> = Record<string, unknown[]>> extends EventEmitter<E> {}

/** Calls `hook` each time somebody begins to listen to `emitter`, before the listener is added. */
export function whenListenedTo(emitter: object, hook: () => void): void {
  hooks.set(emitter, hook);
}

/** Defined like this, the methods keep the types that `EventEmitter` gives them. Which of them call each other differs between runtimes. */
for (const name of ['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const) {
  const add = EventEmitter.prototype[name] as Method;
  define(name, function (...values) {
    hooks.get(this)?.();
    return add.apply(this, values);
  });
}

const emitOfNode = EventEmitter.prototype.emit as Method;
define('emit', function (event, ...values) {
  // Node throws what nobody hears of.
  if (event === 'error' && this.listenerCount('error') === 0) return emitOfNode.call(this, event, ...values);
  if (event === 'error') tellEach(this, errorMonitor, values);
  return tellEach(this, event as string | symbol, values);
});

function define(name: string, value: Method): void {
  Object.defineProperty(Emitter.prototype, name, { value, writable: true, configurable: true });
}

/** Whether anybody listens. The list is a copy: a listener added during the event is not called, one removed during it is. */
function tellEach(emitter: Emitter, event: string | symbol, values: unknown[]): boolean {
  const listeners = EventEmitter.prototype.rawListeners.call(emitter, event) as Listener[];
  for (const listener of listeners) tell(emitter, listener, values);
  return listeners.length > 0;
}

function tell(emitter: Emitter, listener: Listener, values: unknown[]): void {
  try {
    Reflect.apply(listener, emitter, values);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
