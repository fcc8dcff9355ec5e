// Child processes: one answer each, or a conversation.
import { fork as forkProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program of this directory and returns its one message.
 * @param {string} program path from here
 * @param {string[]} args
 * @param {{ directory?: string, execArgv?: string[] }} [options] `directory`: where it finds and makes regions
 */
export async function fork(program, args = [], options = {}) {
  const child = start(program, args, options);
  const ended = once(child, 'exit');
  const [answer] = await Promise.race([once(child, 'message'), ended.then(() => [])]);
  const [code, signal] = await ended;
  if (code === 0 && answer !== undefined) return answer;
  throw new Error(`${program} ${args.join(' ')} ended with ${signal ?? `code ${code}`} and no answer`);
}

/** Starts a program that talks with us; end it with `stop`. */
export function start(program, args = [], { directory = process.env.JSONMMAP_DIR, execArgv = [] } = {}) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return forkProcess(path, args, {
    execArgv,
    env: { ...process.env, JSONMMAP_DIR: directory },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Sends `question` and returns the answer. */
export async function ask(child, question) {
  const done = new AbortController();
  const answered = once(child, 'message', { signal: done.signal });
  const ended = once(child, 'exit', { signal: done.signal }).then(([code, signal]) => {
    throw new Error(`a child ended with ${signal ?? `code ${code}`} before it answered`);
  });
  child.send(question);
  try {
    const [answer] = await Promise.race([answered, ended]);
    return answer;
  } finally {
    done.abort();
    await Promise.allSettled([answered, ended]);
  }
}

/** Ends children that `start` started. */
export async function stop(...children) {
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill();
  await Promise.all(ended);
}
