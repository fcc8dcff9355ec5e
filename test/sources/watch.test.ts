import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileWatch } from '../../src/sources/watch.js';

let directory: string;
let watch: FileWatch | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'watch-'));
});
afterEach(async () => {
  await watch?.close();
  rmSync(directory, { recursive: true });
});

/** Watches `path` and returns what it held after each change, and a wait for a content to be seen. */
async function watched(path: string) {
  const seen: string[] = [];
  watch = new FileWatch([path], () => {
    seen.push(read(path));
  });
  await watch.ready();
  const sees = async (content: string) => {
    const deadline = Date.now() + 15_000;
    while (seen.at(-1) !== content && Date.now() < deadline) await delay(5);
    expect(seen.at(-1)).toBe(content);
  };
  return { seen, sees };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'gone';
  }
}

describe('FileWatch', () => {
  it('sees writes in place, a file renamed over, deletion and return', async () => {
    const path = join(directory, 'config.json');
    writeFileSync(path, '1');
    const { sees } = await watched(path);
    writeFileSync(path, '2');
    await sees('2');
    writeFileSync(`${path}.new`, '3');
    renameSync(`${path}.new`, path);
    await sees('3');
    rmSync(path);
    await sees('gone');
    writeFileSync(path, '4');
    await sees('4');
    appendFileSync(path, '5');
    await sees('45');
  });

  it('sees the symbolic link swapped by which Kubernetes replaces a ConfigMap', async () => {
    const swap = (content: string) => {
      const data = join(directory, `..${content}`);
      mkdirSync(data);
      writeFileSync(join(data, 'config.yaml'), content);
      symlinkSync(`..${content}`, join(directory, '..data_tmp'));
      renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    };
    swap('first');
    symlinkSync('..data/config.yaml', join(directory, 'config.yaml'));
    const { sees } = await watched(join(directory, 'config.yaml'));
    swap('second');
    await sees('second');
    rmSync(join(directory, '..first'), { recursive: true });
    swap('third');
    await sees('third');
  });

  it('sees a file that was not there when it was asked for', async () => {
    const path = join(directory, 'later', 'config.json');
    mkdirSync(join(directory, 'later'));
    const { sees } = await watched(path);
    writeFileSync(path, 'here');
    await sees('here');
  });

  it('takes a burst of saves as few changes, and ends on the last content', async () => {
    const path = join(directory, 'config.json');
    writeFileSync(path, 'start');
    const { seen, sees } = await watched(path);
    for (let i = 0; i < 200; i++) writeFileSync(path, `content ${i}`);
    await sees('content 199');
    expect(seen.length).toBeLessThan(20);
  });

  it('says nothing of other files', async () => {
    const path = join(directory, 'config.json');
    writeFileSync(path, 'start');
    const { seen, sees } = await watched(path);
    writeFileSync(join(directory, 'other.json'), 'x');
    writeFileSync(path, 'end');
    await sees('end');
    expect(seen).toEqual(['end']);
  });
});
