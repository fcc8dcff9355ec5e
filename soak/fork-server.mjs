// Where masters come from: forked from a process that has loaded them, where a C compiler is at hand, else started one by one.
import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pathOf } from './bundle.mjs';
import { ENV, start } from './child.mjs';

const SOURCE = fileURLToPath(new URL('fork.c', import.meta.url));
const POLL_MS = 20;
/** A process that forks may have no other threads. */
const FLAGS = ['--single-threaded', '--v8-pool-size=0'];

export class ForkServer {
  #process;
  /** @type {Map<number, import('./child.mjs').Child & { hear: (said: any) => void, ended_: () => void }>} */
  #children = new Map();
  #closing = false;
  #watching;

  /**
   * @param {string} directory for what is written to get warm
   * @param {() => void} lost called when the process that forks has died
   */
  constructor(directory, lost) {
    const addon = compileFork();
    if (addon === undefined) return;
    const env = { ...ENV, LD_PRELOAD: addon };
    this.#process = spawn(process.execPath, [...FLAGS, pathOf('fork-server.mjs'), addon, directory], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#hear(JSON.parse(line)));
    this.#process.stdin.on('error', () => {}); // it may be dead already
    this.#process.once('exit', () => this.#orphan(lost));
    this.#watching = setInterval(() => this.#look(), POLL_MS);
  }

  /** Whether masters are forked. */
  get forks() {
    return this.#process !== undefined;
  }

  /**
   * Starts a master.
   * @param {import('./masters.mjs').MasterTask} task
   * @param {(said: any) => void} hear gets each thing that it says
   * @returns {import('./child.mjs').Child}
   */
  start(task, hear) {
    if (this.#process === undefined) return start('master.mjs', task, hear);
    let ended = () => {};
    const child = {
      pid: 0,
      ended: false,
      how: 'nobody is told how a forked process ends',
      end: new Promise((resolve) => {
        ended = resolve;
      }),
      /** One that is not born yet gets it when it is. */
      signal: (name) => {
        if (child.pid === 0) child.awaited = name;
        else if (!child.ended && isThere(child.pid)) process.kill(child.pid, name);
      },
      awaited: undefined,
      ask: () => {},
      hear,
      finish: () => {
        child.ended = true;
        ended();
      },
    };
    this.#children.set(task.number, child);
    this.#process.stdin.write(`${JSON.stringify(task)}\n`);
    return child;
  }

  /** Ends the fork server; those who were born there end by themselves. */
  close() {
    this.#closing = true;
    clearInterval(this.#watching);
    this.#process?.stdin.end();
  }

  #hear({ number, born, ...said }) {
    const child = this.#children.get(number);
    if (born === undefined) {
      child?.hear(said);
      return;
    }
    child.pid = born;
    if (child.awaited !== undefined) child.signal(child.awaited);
  }

  /** Who was not born by now will not be; those who were end by themselves. */
  #orphan(lost) {
    if (!this.#closing) lost();
    for (const child of this.#children.values()) if (child.pid === 0) child.finish();
  }

  /** Nobody is told of the end of a grandchild. */
  #look() {
    for (const [number, child] of this.#children) {
      if (child.pid === 0 || isThere(child.pid)) continue;
      this.#children.delete(number);
      child.finish();
    }
  }
}

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: the pid was ours to signal
  }
}

/** Returns the path of the addon; undefined where it cannot be compiled. */
function compileFork() {
  if (process.platform !== 'linux') return undefined;
  const output = pathOf('fork.node');
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir;
  try {
    execFileSync('cc', ['-O2', '-fPIC', '-shared', '-I', headers, '-o', output, SOURCE], { stdio: 'ignore' });
    return output;
  } catch {
    return undefined; // no compiler: processes are started one by one
  }
}
