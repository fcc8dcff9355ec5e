// Increments a counter with writes that are done only at the version of which the counter was read; says how many were refused meanwhile.
// node conditional-writer.mjs <directory> <region> <times>
import { Follower } from '../../lib/follower/follower.js';
import { requestWrite } from '../../lib/write-requests/client.js';

const [dir, name, times] = process.argv.slice(2);
const follower = Follower.open(name, { dir });
let refused = 0;
for (let done = 0; done < Number(times); ) {
  const snapshot = follower.snapshot();
  const write = { verb: 'set', path: '/n', value: snapshot.get('/n') + 1, ifVersion: snapshot.version };
  snapshot.close();
  try {
    await requestWrite(name, { dir }, write);
    done++;
  } catch (error) {
    if (error.code !== 'ERR_CONFLICT') throw error;
    if (!(error.expected === write.ifVersion && error.version > write.ifVersion)) throw error;
    if (follower.version < error.version) throw new Error(`version ${error.version} is not visible`);
    refused++;
  }
}
follower.close();
console.log(JSON.stringify({ refused }));
