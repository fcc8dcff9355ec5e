/** The other process of `jsonmmap bench`: notes how long after its publishing it sees each version. */
import { Follower } from '../../../follower/follower.js';

const [name, dir] = process.argv.slice(2);
const follower = Follower.open(name, { dir });
const latenciesNs: number[] = [];

follower.on('change', ({ snapshot }) => {
  latenciesNs.push(Number(process.hrtime.bigint()) - (snapshot.get('/sentAt') as number));
});
process.on('message', () => {
  process.send?.(latenciesNs, () => process.disconnect());
});
process.send?.('ready');
