// Looks at the bytes of all segment files in a directory, over and over, and knows the most there were at one time.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

let most = 0;

function look() {
  most = Math.max(
    most,
    readdirSync(process.env.JSONMMAP_DIR).reduce((sum, name) => sum + sizeOf(name), 0),
  );
}

/** Allocated bytes: what the file really takes. */
function sizeOf(name) {
  if (!name.endsWith('.seg')) return 0;
  return (statSync(join(process.env.JSONMMAP_DIR, name), { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

setInterval(look, 5);
process.on('message', () => {
  look();
  process.send(most);
  most = 0;
});
