// Compiles native/mmap.c. Linked against no library: every symbol comes from the running process, so one binary serves
// glibc and musl alike. `node native/build.mjs [compiler] [output]`
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function compile(compiler = process.env.CC ?? 'cc', output = join(root, 'build', 'mmap.node')) {
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir;
  mkdirSync(dirname(output), { recursive: true });
  execFileSync(
    compiler,
    [
      ...['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-nostdlib', '-s'],
      ...['-I', headers, '-o', output, join(root, 'native', 'mmap.c')],
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return output;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(compile(process.argv[2], process.argv[3]));
