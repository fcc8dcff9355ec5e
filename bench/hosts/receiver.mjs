// A process of `bench/hosts/main.mjs`: an agent; the application that follows the regions of all agents; or somebody who gets whole values another way. Answers 'report' with
// the nanoseconds from the publish to it, and its memory.
// node receiver.mjs agent <url> <directory> | app <directories> | nats <server> | redis <server> | http <url>
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Follower, Master } from 'jsonmmap';

const POLL_MS = 100;
const [way, ...words] = process.argv.slice(2);
const latencies = [];
const now = () => Number(process.hrtime.bigint());
const seen = ({ sentAt }) => latencies.push(now() - sentAt);

const WAYS = {
  async agent(url, directory) {
    const { Agent } = await import('jsonmmap/upstream');
    const agent = Agent.follow(url, Master.open('app', { dir: directory }));
    await agent.caughtUp();
  },
  async app(directories) {
    for (const dir of directories.split(',')) {
      const follower = Follower.open('app', { dir });
      follower.on('change', () => latencies.push(now() - follower.get('/sentAt')));
    }
  },
  async nats(server) {
    const { connect } = await import('@nats-io/transport-node');
    const connection = await connect({ servers: server });
    connection.subscribe('whole', { callback: (_, message) => seen(JSON.parse(message.string())) });
    await connection.flush();
  },
  async redis(server) {
    const { createClient } = await import('@redis/client');
    const client = createClient({ url: `redis://${server}` });
    await client.connect();
    await client.subscribe('whole', (text) => seen(JSON.parse(text)));
  },
  async http(url) {
    let etag;
    const poll = async () => {
      const response = await new Promise((resolve, reject) =>
        get(url, { headers: etag ? { 'if-none-match': etag } : {} }, resolve).on('error', reject),
      );
      const body = await buffer(response);
      const isFirst = etag === undefined;
      if (response.statusCode === 200) {
        etag = response.headers.etag;
        const value = JSON.parse(body);
        if (!isFirst) seen(value);
      }
      setTimeout(poll, POLL_MS);
    };
    await poll();
  },
};

process.on('message', () => process.send({ latencies: latencies.splice(0), privateBytes: privateBytes() }));
process.on('disconnect', () => process.exit());
await WAYS[way](...words);
process.send('ready');

function privateBytes() {
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const kib = [...text.matchAll(/^Private_\w+: +(\d+)/gm)].reduce((sum, [, found]) => sum + Number(found), 0);
  return kib * 1024;
}
