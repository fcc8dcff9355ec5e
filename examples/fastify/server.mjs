// Fastify: `app.config` is the configuration as it is now, for routes and plugins alike. Start it with
//   npx jsonmmap run examples/fastify/config.yaml --name fastify-example -- node examples/fastify/server.mjs
import Fastify from 'fastify';
import { Follower } from 'jsonmmap';

const follower = Follower.open(); // `jsonmmap run` says in the environment which region
const app = Fastify();

app.decorate('config', { getter: () => follower.current });
app.decorateRequest('config', null);
app.addHook('onRequest', async (request) => {
  request.config = app.config; // one version for the whole request, whatever happens meanwhile
});

app.get('/', async ({ config }) => ({ message: `${config.greeting}, world` }));

app.get('/flags/:name', async ({ config, params }, reply) => {
  if (!Object.hasOwn(config.flags, params.name)) return reply.code(404).send({ error: 'no such flag' });
  return { [params.name]: config.flags[params.name], version: follower.version };
});

app.get('/health', async (_request, reply) => {
  const { masterAlive, version, ageMs } = follower.status();
  return reply.code(masterAlive ? 200 : 503).send({ live: masterAlive, version, ageMs });
});

await app.listen({ port: Number(process.env.PORT ?? 3000) });
console.log(`http://localhost:${app.server.address().port}`);
