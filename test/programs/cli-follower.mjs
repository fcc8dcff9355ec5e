// Follows a region until its standard input ends, and holds a snapshot if it is told to. Arguments: name, directory, "hold".
import { Follower } from 'jsonmmap';

const [name, dir, what] = process.argv.slice(2);
const follower = Follower.open(name, { dir });
const held = what === 'hold' ? follower.snapshot() : undefined;
console.log(follower.version);
process.stdin.resume().on('end', () => {
  held?.close();
  follower.close();
});
