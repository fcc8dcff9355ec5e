// One of the `web` processes of ecosystem.config.cjs. PM2 starts it beside the master, so it waits for the first document.
import { createServer } from 'node:http';
import { Follower } from 'jsonmmap';

const config = await Follower.when(process.env.JSONMMAP_REGION, { timeoutMs: 30_000 });
config.on('master', ({ alive }) =>
  console.log(alive ? 'the master is back' : 'the master is gone, serving what it left'),
);

const server = createServer((_request, response) => {
  response.end(`${config.current.greeting} from ${process.pid}, version ${config.version}\n`);
});

server.listen(process.env.PORT, () => {
  console.log(`http://localhost:${server.address().port}`);
  process.send?.('ready'); // what `wait_ready` waits for
});
