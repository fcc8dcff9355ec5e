import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInstalled } from './checkout.js';

const root = join(import.meta.dirname, '..', '..');
const binary = join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'mmap.node');
const lacking = existsSync(binary) && isInstalled('readelf') ? '' : '(needs a compiled addon and readelf)';

/** What the addon may ask of a C library: functions that glibc and musl have alike, by the same name. */
const COMMON_TO_C_LIBRARIES = [
  ...[
    '__errno_location',
    'calloc',
    'clock_gettime',
    'close',
    'fcntl',
    'free',
    'futimens',
    'madvise',
    'malloc',
    'mmap',
    'msync',
    'munmap',
    'nanosleep',
    'posix_fallocate',
    'prctl',
    'pthread_attr_destroy',
    'pthread_attr_init',
    'pthread_attr_setstacksize',
    'pthread_create',
    'pthread_join',
    'pthread_sigmask',
    'sched_yield',
    'sigfillset',
    'syscall',
    'sysconf',
  ],
];

describe.skipIf(lacking)(`the compiled addon ${lacking}`, () => {
  it('is linked against no library, so that one binary serves glibc and musl', () => {
    expect(readelf('--dynamic')).not.toContain('NEEDED');
  });

  it('calls Node-API and what every C library has', () => {
    const undefinedNames = [...readelf('--dyn-syms').matchAll(/UND (\S+)$/gm)].map(([, name]) => name);
    expect(undefinedNames).toContain('mmap');
    const ofNode = /^(napi|node_api)_/;
    expect(undefinedNames.filter((name) => !ofNode.test(name)).sort()).toEqual(COMMON_TO_C_LIBRARIES);
  });

  it('loads where Node-API does not have all that it can use', () => {
    const later = readelf('--dyn-syms').match(/.* UND node_api_\S+$/gm) ?? [];
    expect(later).toEqual([expect.stringContaining('node_api_create_external_sharedarraybuffer')]);
    expect(later[0]).toContain(' WEAK ');
  });

  it('stays in memory, because the buffers of a worker can outlive it and be finalized in here', () => {
    expect(readelf('--dynamic')).toContain('NODELETE');
  });

  function readelf(question: string): string {
    return execFileSync('readelf', ['--wide', question, binary], { encoding: 'utf8' });
  }
});
