// Ten to a hundred thousand hosts on paper: how long a change takes to all of them, what bandwidth it needs, and how long they take to come back after an outage, by topology.
// node bench/hosts/simulate.mjs [--hosts 100,10000,100000] [--plot docs/hosts/herd.svg] [options below]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { plotHerd } from './plot.mjs';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '100,10000,100000' },
    plot: { type: 'string' },
    'entry-bytes': { type: 'string', default: '400' },
    'snapshot-bytes': { type: 'string', default: '1000000' },
    'changes-per-second': { type: 'string', default: '1' },
    'missed-entries': { type: 'string', default: '100' },
    'cold-fraction': { type: 'string', default: '0.1' },
    'reconnect-seconds': { type: 'string', default: '30' },
    'snapshot-jitter-seconds': { type: 'string', default: '30' },
    'link-gbit': { type: 'string', default: '10' },
    'host-link-mbit': { type: 'string', default: '1000' },
    'hosts-per-leaf': { type: 'string', default: '1000' },
    // Of one server, as `calibrate.mjs` measures them.
    'copies-per-second': { type: 'string', default: '300000' },
    'reads-per-second': { type: 'string', default: '8000' },
    'connections-per-second': { type: 'string', default: '1500' },
    'latency-ms': { type: 'string', default: '1' },
  },
});
const input = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const SERVERS = 3;
const MIRRORS_PER_10000 = 1; // web servers or a CDN in front of snapshots, with the same links

const TOPOLOGIES = [
  { name: 'three servers', leaves: () => 0, mirrors: () => 0 },
  { name: 'and leaf nodes', leaves: (hosts) => Math.ceil(hosts / input['hosts-per-leaf']), mirrors: () => 0 },
  {
    name: 'and HTTP for snapshots',
    leaves: (hosts) => Math.ceil(hosts / input['hosts-per-leaf']),
    mirrors: (hosts) => Math.ceil((hosts / 10_000) * MIRRORS_PER_10000),
  },
];

const linkBytes = (input['link-gbit'] * 1e9) / 8;
const hostLinkBytes = (input['host-link-mbit'] * 1e6) / 8;
const curves = [];

console.log(
  '| hosts | topology | a change is on the first half / on all | sent by the busiest server | after an outage: half / 99 % / all are back |',
);
console.log('|--:|---|--:|--:|--:|');
for (const hosts of values.hosts.split(',').map(Number)) {
  for (const topology of TOPOLOGIES) {
    const fan = fanOut(hosts, topology);
    const back = herd(hosts, topology);
    curves.push({ hosts, topology: topology.name, back });
    const at = (share) => seconds(back[Math.min(back.length - 1, Math.floor(back.length * share))]);
    console.log(
      `| ${hosts.toLocaleString('en')} | ${topology.name} | ${seconds(fan.half)} / ${seconds(fan.all)} | ${rate(fan.bytesPerSecond)} | ${at(0.5)} / ${at(0.99)} / ${at(1)} |`,
    );
  }
}
if (values.plot !== undefined) writeFileSync(values.plot, plotHerd(curves, input));

/** Copies of one entry leave each server one after the other, as fast as its processor and its link allow; leaf nodes get theirs first. */
function fanOut(hosts, { leaves }) {
  const copySeconds = Math.max(1 / input['copies-per-second'], input['entry-bytes'] / linkBytes);
  const latency = input['latency-ms'] / 1000;
  const count = leaves(hosts);
  const perServer = Math.ceil((count === 0 ? hosts : count) / SERVERS);
  const perLeaf = count === 0 ? 0 : Math.ceil(hosts / count);
  const first = latency + perServer * copySeconds;
  const all = count === 0 ? first : first + latency + perLeaf * copySeconds;
  const half = count === 0 ? latency + (perServer / 2) * copySeconds : all - (perLeaf / 2) * copySeconds;
  return {
    half,
    all,
    bytesPerSecond: Math.max(perServer, perLeaf) * input['entry-bytes'] * input['changes-per-second'],
  };
}

/** All hosts lost their servers, which are there again at second 0. Returns when each is at the head of the log, in order. */
function herd(hosts, { leaves, mirrors }) {
  const random = randomNumbers(hosts);
  const count = leaves(hosts) || SERVERS;
  const doors = Array.from({ length: count }, () => 0); // when a server or leaf node has accepted all connections so far
  const readers = Array.from({ length: SERVERS }, () => 0); // and a replica has answered all reads: leaf nodes pass them on
  const links = Array.from({ length: mirrors(hosts) || SERVERS }, () => 0); // when a link has sent all snapshots so far
  const arrivals = Array.from({ length: hosts }, (_, i) => ({ i, at: random() * input['reconnect-seconds'] }));
  arrivals.sort((a, b) => a.at - b.at);
  const cold = [];
  const done = [];
  for (const { i, at } of arrivals) {
    const server = i % count;
    doors[server] = Math.max(at, doors[server]) + 1 / input['connections-per-second'];
    if (random() < input['cold-fraction']) {
      cold.push({ i, at: doors[server] + random() * input['snapshot-jitter-seconds'] });
      continue;
    }
    const reads = input['missed-entries'] + 3; // the head, the own entry, a check
    const work = Math.max(reads / input['reads-per-second'], (reads * input['entry-bytes']) / linkBytes);
    const replica = i % SERVERS;
    readers[replica] = Math.max(doors[server], readers[replica]) + work;
    done.push(readers[replica]);
  }
  cold.sort((a, b) => a.at - b.at);
  for (const { i, at } of cold) {
    const link = i % links.length;
    links[link] = Math.max(at, links[link]) + input['snapshot-bytes'] / linkBytes;
    done.push(links[link] + input['snapshot-bytes'] / hostLinkBytes);
  }
  return done.sort((a, b) => a - b);
}

/** The same numbers each time: mulberry32. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function seconds(value) {
  if (value < 0.0995) return `${(value * 1000).toPrecision(2)} ms`;
  return value < 10 ? `${value.toPrecision(2)} s` : `${Math.round(value)} s`;
}

function rate(bytesPerSecond) {
  const mbit = (bytesPerSecond * 8) / 1e6;
  return mbit < 10 ? `${mbit.toPrecision(2)} Mbit/s` : `${Math.round(mbit)} Mbit/s`;
}
