/** What the sessions of docs/CLI.md happen in: processes that are there before a command, and what happens while it runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Master } from '../../src/index.js';
import { until } from './command.js';

export const SHOP = `flags: {beta: false, newCheckout: true}
limits: {requestsPerMinute: 600}
routes: [{path: /, to: home}, {path: /cart, to: cart}]
`;

/** The directory in which a session runs: its files, and its regions. */
export interface Place {
  readonly directory: string;
  /** Starts a program that is killed when all sessions are over, and resolves when it has printed this. */
  start(command: string, words: readonly string[], said: RegExp): Promise<ChildProcess>;
  /** Has something closed when all sessions are over. */
  closeLater<T extends { close(): void }>(thing: T): T;
}

export interface Stage {
  /** The commands that belong to it, in the order of the page. */
  readonly commands: RegExp;
  /** Done once, before the first of them. */
  begin(place: Place): Promise<void> | void;
  /** Done before each of them. */
  before?(command: string, place: Place): Promise<void> | void;
  /** Done when the command runs. */
  meanwhile?(command: string, place: Place): Promise<void> | void;
}

/** A region that lasts while no master does, at this version. */
function publishVersions(place: Place, versions: number, last: object = {}, name = 'shop'): void {
  using master = Master.open<object>(name, { dir: place.directory, history: 20, initial: {} });
  while (master.version < versions - 1) master.write({ version: master.version });
  master.write(last);
}

const LIBRARY = JSON.stringify(new URL('../../dist/index.js', import.meta.url).href);

/** The program `node master.mjs` of the page: it takes requests for shop, and none for held. */
const MASTER = `import { Master } from ${LIBRARY};
const shop = Master.open('shop', { control: true, initial: {} });
const held = Master.open('held', { initial: {} });
console.log('open');
setInterval(() => [shop, held], 1e6);
`;

/** The program `node server.js` of the page. */
const SERVER = `import(${LIBRARY}).then(({ Follower }) => {
  const follower = Follower.open().on('change', () => {}).ref();
  process.on('SIGTERM', () => follower.close());
});
`;

/** The master of the region that `watch` watches. */
let watched: Master<object> | undefined;
/** Programs that stages have started, by name. */
const programs = new Map<string, ChildProcess>();

export const STAGES: readonly Stage[] = [
  {
    commands: /^jsonmmap (reload|restart) /,
    async begin(place) {
      publishVersions(place, 6);
      writeFileSync(join(place.directory, 'shop.yaml'), SHOP);
      writeFileSync(join(place.directory, 'server.js'), SERVER);
      const words = ['run', 'shop.yaml', '--followers', '4', '--', process.execPath, 'server.js'];
      programs.set('run', await place.start('jsonmmap', words, /version 7 published/));
    },
    // The run would read the changed file by itself, before the command is there. So it is stopped until the request has reached its socket.
    before(command, place) {
      if (!command.includes('reload')) return;
      programs.get('run')?.kill('SIGSTOP');
      writeFileSync(
        join(place.directory, 'shop.yaml'),
        isFirstReload(place) ? changed(SHOP) : SHOP.replace('[{path', 'path: [{path'),
      );
    },
    async meanwhile(command) {
      const run = programs.get('run');
      if (run?.pid === undefined || !command.includes('reload')) return;
      const { pid } = run;
      await until(() => hasCaller(pid));
      run.kill('SIGCONT');
    },
  },
  {
    commands: /^jsonmmap (set held|set shop \/price|rm shop)/,
    async begin(place) {
      writeFileSync(join(place.directory, 'master.mjs'), MASTER);
      programs.set('master', await place.start('node', ['master.mjs'], /open/));
    },
    before(command) {
      if (command.includes('--timeout')) programs.get('master')?.kill('SIGSTOP');
      else programs.get('master')?.kill('SIGCONT');
    },
  },
  {
    commands: /--if-version|^VERSION=|\$EDITOR/,
    begin({ directory }) {
      writeFileSync(join(directory, 'shop.yaml'), SHOP);
    },
    before(command, { directory }) {
      if (!command.includes('set shop')) return;
      using master = Master.open('shop', { dir: directory });
      master.set('/motd', 'written by somebody else');
    },
  },
  {
    commands: /--dry-run/,
    begin(place) {
      publishFile(place);
      writeFileSync(join(place.directory, 'shop.yaml'), changed(SHOP));
    },
  },
  {
    commands: /^jsonmmap validate/,
    begin({ directory }) {
      const required = { type: 'array', items: { required: ['to'] } };
      const limits = { properties: { requestsPerMinute: { type: 'integer' } } };
      writeFileSync(join(directory, 'schema.json'), JSON.stringify({ properties: { limits, routes: required } }));
      writeFileSync(
        join(directory, 'defaults.yaml'),
        'flags:\n  beta: false\n  newCheckout: true\nmotd: Hello\nlimits: {}\nroutes:\n  - path: /\n    to: home\n  - path: /cart\n',
      );
      writeFileSync(join(directory, 'site.yaml'), 'limits:\n  # per client\n  requestsPerMinute: many\n');
      writeFileSync(join(directory, 'shop.yaml'), SHOP);
    },
  },
  {
    commands: /^jsonmmap wait/,
    begin(place) {
      publishVersions(place, 7, { flags: { ready: true } });
      writeFileSync(join(place.directory, 'server.js'), '');
    },
  },
  {
    commands: /^jsonmmap watch/,
    begin(place) {
      const document = { flags: { beta: false }, motd: 'Hello!' };
      publishVersions(place, 5, document);
      watched = place.closeLater(Master.open('shop', { dir: place.directory }));
    },
    async meanwhile(command) {
      // Its thread is there a moment before it has read the version from which it watches; then it sleeps.
      let idle = 0;
      await until(() => {
        const watcher = watched?.status({ followers: true }).followers?.find(({ wokenBy }) => wokenBy !== undefined);
        idle = watcher !== undefined && isAsleep(watcher.pid) ? idle + 1 : 0;
        return idle === IDLE_LOOKS;
      });
      if (command.includes('/flags')) watched?.set('/flags/beta', true);
      else watched?.delete('/motd');
    },
  },
  {
    commands: /\bweb\b/,
    begin() {},
  },
  {
    commands: /--origin/,
    async begin(place) {
      mkdirSync(join(place.directory, 'conf.d'));
      writeFileSync(join(place.directory, 'defaults.yaml'), 'db: {host: localhost, port: 5432, user: nobody}\n');
      writeFileSync(join(place.directory, 'conf.d', '10-db.json'), '{"db": {"host": "db1"}}');
      writeFileSync(join(place.directory, 'local.yaml'), 'db: {user: shop}\n');
      await place.start('jsonmmap', ['run', 'defaults.yaml', 'conf.d/', '?local.yaml', '--name', 'app'], /published/);
    },
  },
  {
    commands: /^jsonmmap (ls|health live)/,
    begin(place) {
      publishVersions(place, 3);
      publishVersions(place, 3, {}, 'live');
      const program = `import { Master } from ${LIBRARY};\nMaster.open('live');\nconsole.log('open');\nsetInterval(() => {}, 1e6);\n`;
      writeFileSync(join(place.directory, 'live.mjs'), program);
      return place.start('node', ['live.mjs'], /open/).then(() => {});
    },
  },
];

function publishFile({ directory }: Place): void {
  using master = Master.open('shop', { dir: directory });
  const routes = [
    { path: '/', to: 'home' },
    { path: '/cart', to: 'cart' },
  ];
  master.write({ flags: { beta: false, newCheckout: true }, limits: { requestsPerMinute: 600 }, routes });
}

function changed(text: string): string {
  return text.replace('600', '900');
}

function isFirstReload({ directory }: Place): boolean {
  return readFileSync(join(directory, 'shop.yaml'), 'utf8') === SHOP;
}

/** How often in a row a process must be found asleep: it may wait for a thread of the engine once. */
const IDLE_LOOKS = 5;

function isAsleep(pid: number): boolean {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).startsWith('S');
}

/** Whether a client has connected to a socket on which a process listens, and that process has not accepted it yet. */
function hasCaller(pid: number): boolean {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  // proc(5): Num, RefCount, Protocol, Flags, Type, St, Inode, Path.
  const sockets = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([, , , , , , inode, path]) => ({ path, isOurs: links.includes(`socket:[${inode}]`) }));
  const paths = sockets.filter(({ path, isOurs }) => isOurs && path !== undefined).map(({ path }) => path);
  return sockets.some(({ path, isOurs }) => !isOurs && paths.includes(path));
}

/** Makes a place below `parent`. @param atEnd Gets what is to be done when all sessions are over. */
export function placeIn(parent: string, name: string, env: NodeJS.ProcessEnv, atEnd: (() => unknown)[]): Place {
  const directory = join(parent, name);
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
  return {
    directory,
    closeLater(thing) {
      atEnd.push(() => thing.close());
      return thing;
    },
    async start(command, words, said) {
      const child = spawn(command, words, { cwd: directory, env: { ...env, JSONMMAP_DIR: directory } });
      atEnd.push(() => ended(child));
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      await Promise.race([
        until(() => said.test(output)),
        once(child, 'exit').then(() => Promise.reject(new Error(output))),
      ]);
      return child;
    },
  };
}

/** A run ends its followers; a stopped process has to go on for that. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  await exit;
}
