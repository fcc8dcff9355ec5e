// Compiles the binaries that the package ships: one per processor, for glibc and musl alike. `npm pack` calls it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { binaryOf, compile } from '../native/build.mjs';

/** Where a binary goes, after `process.arch`, and the compiler that Debian has for it. */
const targets = [
  { arch: 'x64', compiler: 'x86_64-linux-gnu-gcc', debian: 'gcc-x86-64-linux-gnu libc6-dev-amd64-cross' },
  { arch: 'arm64', compiler: 'aarch64-linux-gnu-gcc', debian: 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross' },
];

/** Compiles the binary for `arch`, or returns the Debian packages that it takes and this machine lacks. */
export function prebuild(arch) {
  const { compiler, debian } = targets.find((target) => target.arch === arch);
  if (spawnSync(compiler, ['--version']).status !== 0) return debian;
  compile(compiler, binaryOf(`linux-${arch}`));
  return undefined;
}

function prebuildAll() {
  const lacking = targets.map(({ arch }) => prebuild(arch)).filter((packages) => packages !== undefined);
  if (lacking.length === 0) return;
  console.error(`prebuild: a compiler is missing; on Debian: apt-get install ${lacking.join(' ')}`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prebuildAll();
