// A process that reads many values and then waits, and says so on its output. It imports what a user imports, and nothing else.
const [way, place, most, prefix, suffix] = process.argv.slice(2);
const READS = 20_000;

const ways = {
  loop: () => (key) => key.split('/').length,
  async follower() {
    const { Follower } = await import('jsonmmap/follower');
    const follower = Follower.open(place).on('change', () => {});
    return (key) => follower.get(`${prefix}${key}${suffix}`);
  },
  async lmdb() {
    const { open } = await import('lmdb');
    const store = open({ path: place, readOnly: true, sharedStructuresKey: Symbol.for('structures') });
    return (key) => store.get(key);
  },
  async parse() {
    const { readFileSync } = await import('node:fs');
    const document = JSON.parse(readFileSync(place, 'utf8'));
    return (key) => document.users[key];
  },
};

globalThis.read = await ways[way]();
for (let i = 0; i < READS; i++) {
  const key = suffix === undefined ? `/${i % most}` : String(i % most);
  if (globalThis.read(key) === undefined) throw new Error(`nothing at ${key}`);
}
process.stdout.write('waits');
setInterval(() => {}, 2 ** 30);
