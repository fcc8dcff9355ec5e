// Express: every request works with one version of the configuration, the newest when it came. Start it with
//   npx jsonmmap run examples/express/config.yaml --name express-example -- node examples/express/server.mjs
import express from 'express';
import { Follower } from 'jsonmmap';

const follower = Follower.open(); // `jsonmmap run` says in the environment which region
const app = express();

app.use((_request, response, next) => {
  response.locals.config = follower.current; // the same object as long as nothing changes: no copy, no parsing
  next();
});

app.get('/', (_request, response) => {
  const { greeting, flags } = response.locals.config;
  response.send(flags.search ? `${greeting}, you may search\n` : `${greeting}\n`);
});

app.get('/flags/:name', ({ params }, response) => {
  const value = follower.get(['flags', params.name]); // one value, without making the rest
  if (value === undefined) response.sendStatus(404);
  else response.json(value);
});

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`http://localhost:${server.address().port}`);
});
