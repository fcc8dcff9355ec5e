// Follows all regions, and reads each once in a second. Ends with its parent.
import { Follower } from 'jsonmmap';

const EVERY_MS = 1000;
const followers = Array.from({ length: Number(process.argv[2]) }, (_, i) => Follower.open(`region-${i}`));
const read = () => followers.map((follower) => follower.get('/turn'));
read();
setInterval(read, EVERY_MS);
process.on('disconnect', () => process.exit());
process.send({ ready: true });
