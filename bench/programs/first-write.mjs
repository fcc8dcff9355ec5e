// A fresh process turns a whole document into what others can read, and tells the nanoseconds: `write` into a new region, and once more a
// document parsed anew that differs in one place; or `stringify`.
import { Master, remove } from 'jsonmmap';
import { textOf } from '../documents/index.mjs';
import { nanoseconds } from '../measure.mjs';

const [way, name] = process.argv.slice(2);
const text = textOf(name);
const document = JSON.parse(text);
process.send(way === 'write' ? timeWrites() : timeStringify(), () => process.exit(0));

function timeWrites() {
  const master = Master.open('written');
  const first = nanoseconds(() => master.write(document));
  const changed = JSON.parse(text);
  change(changed);
  const second = nanoseconds(() => master.write(changed));
  if (master.version !== 2) throw new Error(`two writes made version ${master.version}`);
  master.close();
  remove('written');
  return [first, second];
}

function timeStringify() {
  return nanoseconds(() => {
    globalThis.held = JSON.stringify(document);
  });
}

/** Replaces one value that lies in the middle. */
function change(document) {
  const keys = Object.keys(document);
  const key = keys[keys.length >> 1];
  const child = document[key];
  if (typeof child === 'object' && child !== null && Object.keys(child).length > 0) change(child);
  else document[key] = 'changed';
}
