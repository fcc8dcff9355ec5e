// A master where the system lets no file be longer than some hundred KiB (ulimit -f): node master-file-limit.mjs <dir>
// Says what became of each write, as JSON.
import { Follower, Master } from '../../lib/index.js'; // of the same copy as the steps
import { setFailpointHook } from '../../lib/region/failpoints.js';

const [dir] = process.argv.slice(2);
let segments = 0;
setFailpointHook((step) => {
  if (step === 'segment:created') segments++;
});

/** The code of what `write` throws, with its errno; 'done' where it throws nothing. */
function outcome(write) {
  try {
    write();
    return 'done';
  } catch (error) {
    const { code, cause, message } = error;
    return `${code} ${cause?.code} ${message.includes('ulimit -f') ? 'names the limit' : message}`;
  }
}

const master = Master.open('limited', { dir, initial: { n: 0, texts: {} } });
const follower = Follower.open('limited', { dir });
const said = {};

segments = 0;
said.value = outcome(() => master.set('/large', 'x'.repeat(4 << 20)));
said.copiesForValue = segments;
segments = 0;
said.patch = outcome(() => master.patch([{ op: 'add', path: '/large', value: 'x'.repeat(4 << 20) }]));
said.copiesForPatch = segments;
said.document = outcome(() => master.write({ large: 'x'.repeat(4 << 20) }));
said.versionStands = [master.version, follower.version];

let texts = 0;
for (;;) {
  said.filled = outcome(() => master.set(`/texts/${texts}`, `${texts} `.repeat(2000)));
  if (said.filled !== 'done') break;
  texts++;
}
said.textsStand = Object.keys(follower.current.texts).length === texts;
for (let i = 0; i < 4; i++) said.deleted = outcome(() => master.delete(`/texts/${i}`));
segments = 0;
said.churn = 'done';
for (let n = 1; n <= 5000 && said.churn === 'done'; n++) said.churn = outcome(() => master.set('/n', n));
said.churnCopies = segments > 0;
said.n = follower.get('/n');
said.whole = Object.keys(follower.current.texts).length === texts - 4;
master.close();
said.again = outcome(() => Master.open('limited', { dir }).close());
console.log(JSON.stringify(said));
