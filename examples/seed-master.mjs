// The seed's first program: a master that shares lists of random length. Run seed-follower.mjs beside it, as often as you like.
import { setTimeout } from 'node:timers/promises';
import { ObjectMmap } from 'jsonmmap';

const shared = new ObjectMmap(-1, 1024 * 1024, { access: 'write', tagname: 'share_mmap' });
console.log(`Sharing ${shared.path}; stop with Ctrl-C, then remove it if you like.`);

while (true) {
  const length = 1 + Math.floor(Math.random() * 100);
  shared.jsonWrite([...Array(length).keys()]);
  console.log('*'.repeat(30));
  console.log(JSON.stringify(shared.jsonReadMaster()));
  await setTimeout(200);
}
