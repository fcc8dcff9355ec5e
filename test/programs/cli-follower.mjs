// Follows a region until its standard input ends. Arguments: name, directory.
import { Follower } from 'jsonmmap';

const [name, dir] = process.argv.slice(2);
const follower = Follower.open(name, { dir });
console.log(follower.version);
process.stdin.resume().on('end', () => follower.close());
