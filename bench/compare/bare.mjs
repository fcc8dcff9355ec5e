// A process that does nothing: what a follower takes is counted from here. Node with the program of a follower loaded, and Python.
import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { overIpc, overLines } from './conversation.mjs';
import { PYTHON } from './peers/python.mjs';

/** Returns the private bytes of either; none of Python where there is no Python. */
export async function bareProcesses() {
  const path = (file) => fileURLToPath(new URL(file, import.meta.url));
  const node = overIpc(fork(path('follower.mjs'), ['{}'], { execArgv: ['--expose-gc'] }));
  const python = overLines(
    spawn(PYTHON, [path('peers/shared_memory.py'), 'bare'], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  return { nodeBytes: await bytesOf(node), pythonBytes: await bytesOf(python).catch(() => undefined) };
}

async function bytesOf(conversation) {
  const { privateBytes } = await conversation.ask({ do: 'memory' });
  await conversation.end();
  return privateBytes;
}
