import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
afterEach(() => {
  watch?.close();
  rmSync(directory, { recursive: true });
});

/** Watches `path` and returns what it held after each change, and a wait for a content to be seen. */
function watched(path: string) {
  const seen: string[] = [];
  watch = new FileWatch([path], () => {
    seen.push(read(path));
  });
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
    const { sees } = watched(path);
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
    const { sees } = watched(join(directory, 'config.yaml'));
    swap('second');
    await sees('second');
    rmSync(join(directory, '..first'), { recursive: true });
    swap('third');
    await sees('third');
  });

  it('sees a file that was not there when it was asked for', async () => {
    const path = join(directory, 'later', 'config.json');
    mkdirSync(join(directory, 'later'));
    const { sees } = watched(path);
    writeFileSync(path, 'here');
    await sees('here');
  });

  it('takes a burst of saves as few changes, and ends on the last content', async () => {
    const path = join(directory, 'config.json');
    writeFileSync(path, 'start');
    const { seen, sees } = watched(path);
    for (let i = 0; i < 200; i++) writeFileSync(path, `content ${i}`);
    await sees('content 199');
    expect(seen.length).toBeLessThan(20);
  });

  it('says nothing of other files', async () => {
    const path = join(directory, 'config.json');
    writeFileSync(path, 'start');
    const { seen, sees } = watched(path);
    writeFileSync(join(directory, 'other.json'), 'x');
    writeFileSync(path, 'end');
    await sees('end');
    expect(seen).toEqual(['end']);
  });

  it('misses no save that comes while the file is read for the first time', async () => {
    for (let round = 0; round < 20; round++) {
      const path = join(directory, `config-${round}.json`);
      writeFileSync(path, 'a');
      const { sees } = watched(path);
      writeFileSync(path, 'b'); // of the same length, and within the same tick of the clock that files have
      await sees('b');
      watch?.close();
    }
  });

  it('counts two saves that look the same as a change', async () => {
    const path = join(directory, 'config.json');
    const { seen, sees } = watched(path);
    for (let round = 0; round < 10; round++) {
      writeFileSync(path, 'x');
      await sees('x');
      writeFileSync(path, `${round}`);
      await sees(`${round}`);
    }
    expect(seen.at(-1)).toBe('9');
  });

  it('goes on in a directory that takes the place of the one that was watched', async () => {
    const place = join(directory, 'etc');
    const path = join(place, 'config.json');
    mkdirSync(place);
    writeFileSync(path, '1');
    const { sees } = watched(path);
    mkdirSync(`${place}.new`);
    writeFileSync(`${place}.new/config.json`, '2');
    renameSync(place, `${place}.old`);
    renameSync(`${place}.new`, place);
    await sees('2');
    writeFileSync(path, '3');
    await sees('3');
    rmSync(place, { recursive: true });
    await sees('gone');
    mkdirSync(place);
    writeFileSync(path, '4');
    await sees('4');
    writeFileSync(path, '5');
    await sees('5');
  });

  it('sees a file come whose directories were not there', async () => {
    const path = join(directory, 'a', 'b', 'c', 'config.json');
    const { sees } = watched(path);
    mkdirSync(join(directory, 'a', 'b', 'c'), { recursive: true });
    writeFileSync(path, 'here');
    await sees('here');
    appendFileSync(path, '!');
    await sees('here!');
  });

  it.skipIf(process.platform !== 'linux')('takes one watch of the kernel, however many files lie beside', async () => {
    for (let i = 0; i < 1000; i++) writeFileSync(join(directory, `other-${i}`), '');
    const path = join(directory, 'config.json');
    writeFileSync(path, '1');
    const before = kernelWatches();
    const { sees } = watched(path);
    writeFileSync(path, '2');
    await sees('2');
    expect(kernelWatches() - before).toBe(1);
  });
});

/** How many files and directories this process watches. */
function kernelWatches(): number {
  const watches = readdirSync('/proc/self/fdinfo').map((fd) => read(`/proc/self/fdinfo/${fd}`));
  return watches.join('').match(/^inotify wd:/gm)?.length ?? 0;
}
