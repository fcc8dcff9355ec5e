// Removes a region again and again, whenever nobody holds it, until its standard input ends; says how often it succeeded.
// node region-remover.mjs <directory> <name>
import { setImmediate } from 'node:timers/promises';
import { remove } from '../../lib/region/removal.js';

const [dir, name] = process.argv.slice(2);
let running = true;
process.stdin.on('end', () => (running = false)).resume();
let removals = 0;
while (running) {
  removeOnce();
  await setImmediate();
}
console.log(removals);

function removeOnce() {
  try {
    remove(name, { dir });
    removals++;
  } catch (error) {
    if (error.code !== 'ERR_REGION_LOCKED' && error.code !== 'ERR_REGION_NOT_FOUND') throw error;
  }
}
