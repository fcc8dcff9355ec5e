// The same in another language: both sides are Python processes, which answer as follower.mjs does.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { overLines } from '../conversation.mjs';
import { textPath } from '../documents.mjs';

export const PYTHON = '/usr/bin/python3';
const program = fileURLToPath(new URL('shared_memory.py', import.meta.url));

function startPython(role, segment, text) {
  const args = [program, role, segment, ...(text === undefined ? [] : [text])];
  return overLines(spawn(PYTHON, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
}

/** Named after the trial's directory, so that trials do not meet. */
const segmentOf = (directory) => directory.split('/').slice(-2).join('-');

export function startFollower({ directory }) {
  return startPython('follow', segmentOf(directory));
}

export async function publish({ directory, name, texts }) {
  const publisher = startPython('publish', segmentOf(directory), textPath(texts, name));
  const stored = await publisher.ask({ do: 'publish' });
  return {
    set: (row) => publisher.ask({ do: 'set', row }),
    write: (row) => publisher.ask({ do: 'set', row }),
    stored: () => stored,
    async close() {
      await publisher.ask({ do: 'close' });
      await publisher.end();
    },
  };
}
