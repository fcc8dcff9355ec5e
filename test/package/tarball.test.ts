import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout, isInstalled, npm, pathWithNodeOnly, temporaryDirectory } from './checkout.js';

const CROSS_COMPILERS = ['x86_64-linux-gnu-gcc', 'aarch64-linux-gnu-gcc'];
const lacking = CROSS_COMPILERS.filter((compiler) => !isInstalled(compiler));

describe.skipIf(lacking.length > 0)(`the packed tarball ${lacking.map((name) => `(needs ${name})`).join(' ')}`, () => {
  let directory: string;
  let project: string;
  let env: NodeJS.ProcessEnv;
  let packed: { filename: string; files: { path: string }[] };

  beforeAll(() => {
    directory = temporaryDirectory();
    project = join(directory, 'project');
    const checkout = join(directory, 'checkout');
    copyCheckout(checkout);
    [packed] = JSON.parse(npm(['pack', '--json', '--silent', '--pack-destination', directory], checkout));
    env = { ...process.env, PATH: pathWithNodeOnly(join(directory, 'bin')), JSONMMAP_SYSTEM: 'native' };
    installIntoEmptyProject(checkout);
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  /** From files only, dependencies included: neither a registry nor a compiler nor an install script is needed. */
  function installIntoEmptyProject(checkout: string): void {
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory];
    const tarballs = npm([...pack, ...runtimeDependencies(checkout)], checkout)
      .trim()
      .split('\n');
    const options = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund'];
    npm(['install', ...options, ...[packed.filename, ...tarballs].map((name) => join(directory, name))], project, env);
  }

  function run(program: string, extension: 'mjs' | 'cjs'): unknown {
    const path = join(project, `program.${extension}`);
    writeFileSync(path, program);
    return JSON.parse(execFileSync(process.execPath, [path], { env, encoding: 'utf8' }));
  }

  it('brings a binary for each processor, and neither sources nor an install script', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/index.js',
        'dist/index.cjs',
        'dist/types/index.d.ts',
        'dist/types/index.d.cts',
        'prebuilds/linux-x64/mmap.node',
        'prebuilds/linux-arm64/mmap.node',
      ]),
    );
    expect(paths.filter((path) => /^(src|lib|test|scripts|build)\/|\.gyp$|\.ts(?<!\.d\.ts)$/.test(path))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(project, 'node_modules', 'jsonmmap', 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
  });

  it('brings every file that its README links to', () => {
    const readme = readFileSync(join(project, 'node_modules', 'jsonmmap', 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path);
    expect(links.length).toBeGreaterThan(10);
    const paths = packed.files.map(({ path }) => path);
    const lacking = links.filter((link) => !paths.some((path) => path === link || path.startsWith(link)));
    expect(lacking).toEqual([]);
  });

  it('brings every image that its pages show', () => {
    const paths = packed.files.map(({ path }) => path);
    const pages = paths.filter((path) => path.endsWith('.md'));
    const images = pages.flatMap((page) =>
      [
        ...readFileSync(join(project, 'node_modules', 'jsonmmap', page), 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g),
      ].map(([, link]) => join(dirname(page), link)),
    );
    expect(images.length).toBeGreaterThan(3);
    expect(images.filter((image) => !paths.includes(image))).toEqual([]);
  });

  it('says where it comes from', () => {
    const { repository, homepage, bugs } = JSON.parse(
      readFileSync(join(project, 'node_modules', 'jsonmmap', 'package.json'), 'utf8'),
    );
    const [, home] = /^git\+(https:.*)\.git$/.exec(repository.url) ?? [];
    expect([homepage, bugs]).toEqual([`${home}#readme`, `${home}/issues`]);
  });

  it('maps memory with the binary it brought', () => {
    expect(existsSync(join(project, 'node_modules', 'jsonmmap', 'lib'))).toBe(false);
    const program = `
      import { Mmap } from 'jsonmmap';
      const memory = new Mmap(-1, 4096);
      memory.write(Buffer.from('shared'));
      console.log(JSON.stringify(String(memory.slice(0, 6))));
    `;
    expect(run(program, 'mjs')).toBe('shared');
  });

  it('shares a document between a master and a follower', () => {
    const program = `
      import { Follower, Master, remove } from 'jsonmmap';
      const dir = ${JSON.stringify(join(directory, 'regions'))};
      const master = Master.open('tarball', { dir, initial: { flags: {} } });
      const follower = Follower.open('tarball', { dir });
      master.set('/flags/beta', true);
      console.log(JSON.stringify(follower.current));
      follower.close();
      master.close();
      remove('tarball', { dir });
    `;
    expect(run(program, 'mjs')).toEqual({ flags: { beta: true } });
  });

  it('brings the command', () => {
    const command = join(project, 'node_modules', '.bin', 'jsonmmap');
    expect(execFileSync(command, ['--version'], { env, encoding: 'utf8' })).toMatch(/\d+\.\d+\.\d+/);
  });

  it('can be required by CommonJS', () => {
    const program = `
      const { Mmap } = require('jsonmmap');
      const { Follower } = require('jsonmmap');
      const copies = [Mmap === require('jsonmmap/mmap').Mmap, Follower === require('jsonmmap/follower').Follower];
      console.log(JSON.stringify([...copies, new Mmap(-1, 100).length]));
    `;
    expect(run(program, 'cjs')).toEqual([true, true, 100]);
  });
});

/** The directories of everything that the lock file has for users, not for development. */
function runtimeDependencies(checkout: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
  const entries = Object.entries(packages as Record<string, { dev?: true; devOptional?: true }>);
  return entries
    .filter(([path, { dev, devOptional }]) => path && !dev && !devOptional)
    .map(([path]) => join(checkout, path));
}
