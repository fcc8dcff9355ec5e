// A container that reads: its region directory may be mounted read-only.
import { createServer } from 'node:http';
import { Follower } from 'jsonmmap';

const config = await Follower.when(process.env.JSONMMAP_REGION, { timeoutMs: 30_000 });

const server = createServer(({ url }, response) => {
  const { masterAlive, version } = config.status();
  if (url === '/health' && masterAlive === false) response.statusCode = 503;
  response.end(`${config.current.greeting}, version ${version}\n`);
});

server.listen(process.env.PORT, () => console.log(`http://localhost:${server.address().port}`));
process.on('SIGTERM', () => process.exit());
