// What the numbers were measured on, and with which versions.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine } from '../machine.mjs';
import { peers } from './peers/index.mjs';
import { PYTHON } from './peers/python.mjs';

export function describeMachine() {
  const packages = Object.values(peers)
    .filter(({ packageName }) => packageName !== undefined)
    .map(({ packageName }) => `${packageName} ${versionOf(packageName)}`);
  return {
    ...machine(),
    load: loadavg()[2],
    versions: [
      ...packages,
      `redis-server ${answerOf('redis-server', /v=([\d.]+)/)}`,
      `Python ${answerOf(PYTHON, /([\d.]+)/)}`,
      `cc ${answerOf('cc', /(\d+\.\d+\.\d+)/)}`,
    ],
  };
}

function versionOf(packageName) {
  const path = join(fileURLToPath(new URL('node_modules', import.meta.url)), packageName, 'package.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')).version;
  } catch {
    return 'not installed';
  }
}

/** The first match in what `program --version` prints. */
function answerOf(program, pattern) {
  try {
    return pattern.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'of unknown version';
  } catch {
    return 'not installed';
  }
}
