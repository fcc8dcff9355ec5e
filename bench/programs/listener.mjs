// One of many processes that are told of a change: by the region that it follows, or by a message of its parent. Both carry the
// machine's monotonic clock, in nanoseconds; the difference to the time of the callback is kept until the parent asks for it.
import { Follower } from 'jsonmmap';

let latencies = [];
const arrived = (sentAt) => {
  if (sentAt > 0) latencies.push(Number(process.hrtime.bigint()) - sentAt);
};

Follower.open('notify').on('change', ({ snapshot }) => arrived(snapshot.get('/sentAt')));
process.on('message', (message) => {
  if (message !== 'report') {
    arrived(message.sentAt);
    return;
  }
  process.send(latencies);
  latencies = [];
});
