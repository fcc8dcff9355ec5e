// Compiles native/*.c. Linked against no library: every symbol comes from the running process, so one binary serves
// glibc and musl alike. `node native/build.mjs [compiler] [output]`
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The sources; `addon.h` and `futex.h` have what they share. */
export const SOURCES = ['mmap.c', 'futex.c', 'wait.c', 'wake.c'];

/** Where the library looks for the binary of a platform, in a checkout and in the package alike. */
export function binaryOf(platform = `${process.platform}-${process.arch}`) {
  return join(root, 'prebuilds', platform, 'mmap.node');
}

/** Compiles to `output`, which appears whole or not at all; the compiler's own words go to stderr, and its failure throws. */
export function compile(compiler = 'cc', output = binaryOf()) {
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir;
  const unfinished = `${output}.${process.pid}`;
  mkdirSync(dirname(output), { recursive: true });
  execFileSync(
    compiler,
    [
      ...[
        '-std=c11',
        '-fvisibility=hidden',
        '-O2',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-fPIC',
        '-shared',
        '-nostdlib',
        '-s',
      ],
      // Distributions switch these on by themselves, and their helper functions are not the same in every C library.
      ...['-U_FORTIFY_SOURCE', '-fno-stack-protector'],
      // The buffers of a worker can outlive it, and their finalizers are in here.
      '-Wl,-z,nodelete',
      ...['-I', headers, '-o', unfinished, ...SOURCES.map((file) => join(root, 'native', file))],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  renameSync(unfinished, output);
  return output;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(compile(process.argv[2], process.argv[3]));
