// The seed's second program: a follower that shows what seed-master.mjs shares. It may start first, and it cannot write.
import { setTimeout } from 'node:timers/promises';
import { ObjectMmap } from 'jsonmmap';

const shared = new ObjectMmap(-1, 1024 * 1024, { access: 'read', tagname: 'share_mmap' });

while (true) {
  console.log('*'.repeat(30));
  console.log(JSON.stringify(shared.jsonReadFollower()));
  await setTimeout(200);
}
