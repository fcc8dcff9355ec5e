// A fresh process makes a whole document, and tells the nanoseconds: `current` of a region, or `parse` of a text that it holds already.
import { Follower } from 'jsonmmap';
import { textOf } from '../documents/index.mjs';
import { nanoseconds } from '../measure.mjs';

const [way, name] = process.argv.slice(2);
process.send(way === 'current' ? timeCurrent() : timeParse(), () => process.exit(0));

function timeCurrent() {
  const follower = Follower.open(name);
  return nanoseconds(() => {
    globalThis.held = follower.current;
  });
}

function timeParse() {
  const text = textOf(name);
  return nanoseconds(() => {
    globalThis.held = JSON.parse(text);
  });
}
