// A follower for tests of `jsonmmap run`: appends what it sees to the file in LOG, a JSON line each, and ends as the document says.
import { appendFileSync } from 'node:fs';
import { Follower } from 'jsonmmap';

const worker = Number(process.env.JSONMMAP_WORKER);
const log = (line) => appendFileSync(process.env.LOG, `${JSON.stringify({ worker, pid: process.pid, ...line })}\n`);

log({ event: 'start' });
const follower = Follower.open().ref();
const see = () => log({ event: 'value', value: follower.get('/value'), atMs: Date.now() });
follower.on('change', see);
follower.on('master', ({ alive }) => log({ event: 'master', alive }));
process.on('SIGTERM', () => {
  log({ event: 'sigterm' });
  if (!process.env.STUBBORN) process.exit(0);
});
console.log(`hello from ${worker}`);
see();
if (process.env.EXIT_CODE) process.exit(Number(process.env.EXIT_CODE));
