/** What happens in the demonstration, in order. */
import { setTimeout as delay } from 'node:timers/promises';
import { bytes, duration, number } from './format.mjs';
import { monotonicMs } from './payload.mjs';

/** When, as a share of the time that is shown. */
const SCHEDULE = { rewrite: 0.15, burst: 0.35, kill: 0.5, rewriteAgain: 0.75, burstAgain: 0.88, end: 1 };

const CHANGES = 'changes key by key';

/**
 * Lets it happen, and returns what came of it. `start(role, program, …arguments)` starts an actor; `say` tells the person who watches;
 * `stop` ends it all early.
 * @throws the reason of `stop`
 */
export async function play({ start, say, stop, seconds }) {
  const facts = { rewrites: [], bursts: [], compactions: [] };
  const master = start('master', 'master.mjs', 'first');
  const followers = [1, 2, 3].map((n) => start(`follower ${n}`, 'follower.mjs'));
  await open({ master, followers, facts, say });
  const standby = start('standby', 'master.mjs', 'standby');
  await standby.hear('waiting');
  standby.doing = 'waits for the region';

  const startedMs = monotonicMs();
  const until = (share) => {
    const leftMs = startedMs + share * seconds * 1000 - monotonicMs();
    return delay(Math.max(0, leftMs), undefined, { signal: stop.signal });
  };
  for (const actor of [master, standby]) hearCompactions(actor, { facts, say });

  await until(SCHEDULE.rewrite);
  await rewrite(master, { followers, facts, say });
  await until(SCHEDULE.burst);
  await burst(master, { facts, say });
  await until(SCHEDULE.kill);
  await killAndTakeOver(master, standby, { facts, say });
  await until(SCHEDULE.rewriteAgain);
  await rewrite(standby, { followers, facts, say });
  await until(SCHEDULE.burstAgain);
  await burst(standby, { facts, say });
  await until(SCHEDULE.end);
  facts.liveSeconds = (monotonicMs() - startedMs) / 1000;
  await end(standby, { followers, facts });

  say('to compare, a process of its own parses the same text');
  facts.copy = await start('JSON.parse', 'copy.mjs').hear('copy');
  return facts;
}

async function open({ master, followers, facts, say }) {
  const ready = Promise.all(followers.map((follower) => follower.hear('ready')));
  ready.catch(() => {});
  const published = master.hear('published');
  master.doing = 'parses the data';
  for (const follower of followers) follower.doing = 'waits for the region';
  Object.assign(facts, await master.hear('parsed'));
  say(`the master reads and parses ${bytes(facts.jsonBytes)} of JSON: ${duration(facts.parseMs)}`);
  master.doing = 'publishes the document';
  Object.assign(facts, await published);
  say(`the master publishes it, ${bytes(facts.sharedBytes)} of shared memory: ${duration(facts.publishMs)}`);
  facts.mapped = (await ready).every(({ mapped }) => mapped);
  if (!facts.mapped)
    say('no memory mapping here: each process reads a copy of its own over system calls, which is slower');
  for (const follower of followers) follower.doing = 'checks every version';
  master.doing = CHANGES;
}

function hearCompactions(actor, { facts, say }) {
  actor.on('compaction', ({ ms, beforeBytes, afterBytes }) => {
    facts.compactions.push({ ms, beforeBytes, afterBytes });
    say(`compaction: ${bytes(beforeBytes)} copied to a fresh segment of ${bytes(afterBytes)} in ${duration(ms)}`);
  });
}

async function rewrite(master, { followers, facts, say }) {
  const patch = followers[0].hear('patch');
  const { writeMs, cities } = await busy(master, 'writes the whole document', () => master.ask('rewrite', 'rewritten'));
  const { operations } = await patch;
  facts.rewrites.push({ writeMs, cities, operations });
  say(
    `whole document written again, ${cities} cities differ: ${duration(writeMs)}; followers get ${operations} operations`,
  );
}

async function burst(master, { facts, say }) {
  const { changes, burstMs } = await busy(master, 'changes at full speed', () => master.ask('burst', 'burst'));
  facts.bursts.push({ changes, burstMs });
  say(`burst: ${number(changes)} versions in ${duration(burstMs)}`);
}

/** `kill -9` in the middle of writing the whole document; the standby, which waits for the region, is master then. */
async function killAndTakeOver(master, standby, { facts, say }) {
  let finished = false;
  master.on('rewritten', () => {
    finished = true;
  });
  await busy(master, 'writes the whole document', async () => {
    await master.ask('rewrite', 'rewriting');
    await delay(facts.rewrites[0].writeMs / 3);
  });
  const successor = standby.hear('master');
  const killedMs = monotonicMs();
  await master.kill();
  const moment = finished ? 'just after it wrote' : 'while it writes';
  say(`kill -9 ${master.pid}: the master dies ${moment} the whole document`, 'red');
  master.doing = 'killed';
  const { lastVersion, atMs } = await successor;
  Object.assign(standby, { role: 'master', doing: CHANGES });
  const takeoverMs = atMs - killedMs;
  facts.takeover = {
    killedPid: master.pid,
    pid: standby.pid,
    killedMs,
    lastVersion,
    takeoverMs,
    halfWritten: !finished,
  };
  const [last, next] = [number(lastVersion), number(lastVersion + 1)];
  say(`${standby.pid} is master ${duration(takeoverMs)} later: after version ${last} comes ${next}`, 'green');
}

async function end(master, { followers, facts }) {
  Object.assign(facts, await master.ask('rest', 'resting'));
  const accounts = await Promise.all(followers.map((follower) => follower.ask('finish', 'account', facts.version)));
  facts.followers = accounts.map((account, i) => ({ pid: followers[i].pid, ...account }));
  for (const actor of [master, ...followers]) {
    actor.doing = 'has given account';
    actor.tell('leave');
  }
}

async function busy(actor, doing, work) {
  const before = actor.doing;
  actor.doing = doing;
  const result = await work();
  actor.doing = before;
  return result;
}
