// Opens what the mode says, says "ready", and leaves it open: whether the process ends is what is asked. Ends a "ref" at its second version.
// node follower-lifetime.mjs <directory> <mode>
import { Follower, Master } from 'jsonmmap';

const [dir, mode] = process.argv.slice(2);

const modes = {
  reader: () => Follower.open('region', { dir }).current,
  listener: () => {
    const follower = Follower.open('region', { dir });
    for (const event of ['change', 'master', 'removed', 'error']) follower.on(event, () => {});
    follower.select('/n').on('change', () => {});
    follower.changes().next();
  },
  unref: () =>
    Follower.open('region', { dir })
      .on('change', () => {})
      .ref()
      .unref(),
  ref: () => {
    const follower = Follower.open('region', { dir }).ref();
    follower.on('change', ({ version }) => {
      console.log(version);
      follower.close();
    });
  },
  master: () => Master.open('other', { dir, initial: {} }).set('/n', 1),
};

modes[mode]();
console.log('ready');
