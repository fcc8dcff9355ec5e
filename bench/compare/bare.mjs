// A process that does nothing: what a follower takes is counted from here. Node with the program of a follower loaded, and Python.
import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { overIpc, overLines } from './conversation.mjs';
import { PYTHON } from './peers/python.mjs';

/** Returns the private bytes of either; none of Python where there is no Python. */
export async function bareProcesses() {
  const path = (file) => fileURLToPath(new URL(file, import.meta.url));
  const startNode = () => overIpc(fork(path('follower.mjs'), ['{}'], { execArgv: ['--expose-gc'] }));
  const bare = [path('peers/shared_memory.py'), 'bare'];
  const startPython = () => overLines(spawn(PYTHON, bare, { stdio: ['pipe', 'pipe', 'inherit'] }));
  return { nodeBytes: await bytesOf(startNode), pythonBytes: await bytesOf(startPython).catch(() => undefined) };
}

/** Beside a second one, as a follower lives beside its publisher: both have the pages of the runtime mapped, which are then private to neither. */
async function bytesOf(start) {
  const [one, other] = [start(), start()];
  await other.ask({ do: 'memory' });
  const { privateBytes } = await one.ask({ do: 'memory' });
  await Promise.all([one.end(), other.end()]);
  return privateBytes;
}
