// node:cluster: the primary owns the flags, four workers serve HTTP and have every change before their next request.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { Follower, Master } from 'jsonmmap';

const REGION = 'cluster-example';

if (cluster.isPrimary) {
  const master = Master.open(REGION, { initial: { greeting: 'Hello', changes: 0 } });
  for (let worker = 0; worker < 4; worker++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  setInterval(() => master.set('/changes', master.get('/changes') + 1), 1000);
} else {
  const config = Follower.open(REGION);
  config.on('master', ({ alive }) => console.log(`worker ${process.pid}: the primary is ${alive ? 'back' : 'gone'}`));
  const server = createServer((_request, response) => {
    const { greeting, changes } = config.current;
    response.setHeader('connection', 'close'); // the next request meets another worker
    response.end(`${greeting} from ${process.pid}, change ${changes}, version ${config.version}\n`);
  });
  server.listen(process.env.PORT ?? 3000, () => {
    console.log(`worker ${process.pid}: http://localhost:${server.address().port}`);
  });
}
