// Questions to other processes, and what these tell unasked: over the channel of Node, or over lines of JSON for other languages.
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} Conversation
 * @property {(question: object) => Promise<any>} ask one question at a time
 * @property {(listener: (seen: { sentAt: number, latency: number }) => void) => void} onSeen what a follower sees while it watches
 * @property {() => Promise<void>} end
 */

/** Talks with a child of Node, or a worker of a cluster. */
export function overIpc(child) {
  const receive = (listener) => child.on('message', listener);
  const end = async () => {
    const exited = once(child, 'exit');
    (child.process ?? child).kill('SIGKILL');
    await exited;
  };
  return converse(child, receive, (question) => child.send({ question }), end);
}

/** Talks with a process that reads and writes a JSON text a line. */
export function overLines(child) {
  const lines = createInterface({ input: child.stdout });
  const receive = (listener) => lines.on('line', (line) => listener(JSON.parse(line)));
  const end = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return converse(child, receive, (question) => child.stdin.write(`${JSON.stringify({ question })}\n`), end);
}

function converse(child, receive, send, end) {
  let answer;
  let fail;
  let heard = () => {};
  let listens;
  const ready = new Promise((resolve) => {
    listens = resolve; // a worker of a cluster loses what it is told before it listens
  });
  receive((message) => {
    if ('ready' in message) listens();
    else if ('seen' in message) heard(message.seen);
    else if ('answer' in message) answer(message.answer);
    else if ('error' in message) fail(new Error(message.error));
  });
  const failed = (what) => fail?.(new Error(what));
  child.on('exit', (code, signal) => failed(`a process ended with ${signal ?? `code ${code}`} before it answered`));
  child.on('error', ({ message }) => failed(message)); // it could not be started
  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        [answer, fail] = [resolve, reject];
        ready.then(() => send(question));
      });
    },
    onSeen(listener) {
      heard = listener;
    },
    end,
  };
}
