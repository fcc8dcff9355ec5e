// P9 and C6: from a publish to the 'change' callback in other processes, beside process.send of the same to each of them.
import { setTimeout as delay } from 'node:timers/promises';
import { Master } from 'jsonmmap';
import { ask, start, stop } from '../child.mjs';
import { makeFlags } from '../documents/flags.mjs';
import { inTurns, median, nanoseconds, percentile } from '../measure.mjs';
import { row } from '../rows.mjs';

/** Between two events, so that each finds everybody waiting. */
const PAUSE_MS = 5;
const WARM_UP_EVENTS = 1000;

/** The most of process.send, and of what 64 of them take of the master: until they return, and of its processor. */
const TARGETS = { P9: { ratioAtMost: 0.7, timeFasterBy: 20 }, C6: { ratioAtMost: 0.6, timeFasterBy: 15 } };

export async function measure({ quick, id }) {
  const master = Master.open('notify', { initial: makeFlags() });
  const rows = [];
  for (const listeners of [1, 8, 64]) {
    const children = await startListeners(listeners);
    await warmUp(master, children);
    const events = quick ? 100 : 400;
    rows.push(
      ...(await compare(master, children, {
        target: TARGETS[id],
        rounds: quick ? 3 : 7,
        events: listeners === 64 ? events / 2 : events,
      })),
    );
    await stop(...children);
  }
  return rows;
}

async function startListeners(count) {
  const children = Array.from({ length: count }, () => start('programs/listener.mjs'));
  await Promise.all(children.map((child) => ask(child, 'report'))); // who answers listens
  await delay(100);
  return children;
}

/** Both ways in compiled code, here and there. */
async function warmUp(master, children) {
  const { publish, send } = channelsTo(master, children);
  for (let i = 0; i < WARM_UP_EVENTS; i++) {
    publish();
    send();
    if (i % 10 === 0) await delay(1);
  }
  await Promise.all(children.map((child) => ask(child, 'report')));
}

/** The two ways of telling `children` the time, and doing nothing. */
function channelsTo(master, children) {
  const now = () => Number(process.hrtime.bigint());
  return {
    publish: () => master.set('/sentAt', now()),
    send() {
      for (const child of children) child.send({ sentAt: now() });
    },
    nothing: () => {},
  };
}

async function compare(master, children, { target, rounds, events }) {
  const channels = channelsTo(master, children);
  const latencies = { publish: [], send: [], nothing: [] };
  const calls = { publish: [], send: [], nothing: [] };
  const cpu = await inTurns(
    rounds,
    Object.fromEntries(
      Object.entries(channels).map(([name, tell]) => [
        name,
        async () => {
          const timed = () => calls[name].push(nanoseconds(tell));
          const spent = await cpuOfEvents(timed, events, children.length);
          latencies[name].push(...(await Promise.all(children.map((child) => ask(child, 'report')))).flat());
          return spent;
        },
      ]),
    ),
  );
  return rowsOf(children.length, { latencies, calls, cpu }, target);
}

/** Nanoseconds of processor time that one event costs this process, the pause between two included. */
async function cpuOfEvents(tell, events, listeners) {
  const before = process.cpuUsage();
  for (let i = 0; i < events; i++) {
    tell();
    await delay(PAUSE_MS + listeners / 4);
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / events;
}

function rowsOf(listeners, { latencies: { publish, send }, calls, cpu }, { ratioAtMost, timeFasterBy }) {
  const to = listeners === 1 ? '1 follower' : `${listeners} followers`;
  const idle = median(cpu.nothing);
  const masterTarget = { text: `≤ 1/${timeFasterBy}`, fasterBy: timeFasterBy };
  const rows = [
    row(`${to}, p50`, {
      measured: median(publish),
      baseline: ['process.send', median(send)],
      target: { text: `≤ ${ratioAtMost}×`, ratioAtMost },
    }),
    row(`${to}, p99`, {
      measured: percentile(publish, 0.99),
      baseline: ['process.send', percentile(send, 0.99)],
    }),
    row(`until set returns, ${to}, p50`, {
      measured: median(calls.publish),
      baseline: [`${listeners} × process.send`, median(calls.send)],
      ...(listeners < 64 ? {} : { target: masterTarget }),
    }),
  ];
  if (listeners < 64) return rows;
  return [
    ...rows,
    row(`the master's processor time, ${to}`, {
      measured: median(cpu.publish) - idle,
      baseline: [`${listeners} × process.send`, median(cpu.send) - idle],
      target: masterTarget,
    }),
  ];
}
