// Compiled by `npm run types`, never run: what programs that use `jsonmmap/upstream` may write, and what the compiler must refuse.
import { Master } from '../../src/index.js';
import { Agent, type AgentStatus, openUpstream, type Pushed, push, rollback } from '../../src/upstream/index.js';

interface Config {
  limits: { requests: number };
}

export async function follow(master: Master<Config>): Promise<AgentStatus> {
  await using agent = Agent.follow('nats://h/config/app', master, { lastGood: '/var/lib/app', staleAfterMs: 1000 });
  agent.on('refused', ({ sequence, error }) => console.log(sequence + 1, error.code));
  agent.on('state', (state: 'starting' | 'live' | 'stale' | `refused@${number}` | `held@${number}`) => state);
  await agent.caughtUp({ requireLive: true, signal: AbortSignal.timeout(1000) });
  // @ts-expect-error there is no such option
  Agent.follow('nats://h/config/app', master, { lastgood: '/var/lib/app' });
  return agent.status();
}

export async function write(document: unknown): Promise<Pushed> {
  const engine = await openUpstream('redis://h/config/app');
  const { sequence } = await push(engine, document, { message: 'first', ifRevision: 0 });
  // @ts-expect-error a revision is a number
  await rollback(engine, String(sequence));
  return rollback(engine, sequence);
}

export const master: Master<Config> = Master.open<Config>('types');
