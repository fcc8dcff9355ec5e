/** The short form of `npm run soak:hosts`: every fault once, with three agents, in network namespaces. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { canMakeNetworks } from '../../soak/hosts/network.mjs';
import { hasProgram } from './servers.js';

const TIMEOUT_MS = 600_000;
const FAULTS = 11;

const lacks = !hasProgram('nats-server')
  ? ' (skipped: nats-server is not installed)'
  : !canMakeNetworks()
    ? ' (skipped: network namespaces need root)'
    : '';

it.skipIf(lacks !== '')(
  `three servers and their agents survive every fault${lacks}`,
  async () => {
    const program = join(import.meta.dirname, '..', '..', 'soak', 'hosts', 'main.mjs');
    const child = spawn(process.execPath, [program, '--agents', '3'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await once(child, 'exit');
    const [stdout, stderr] = await said;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/all agents there \d+ ms after the end/g)).toHaveLength(FAULTS);
  },
  TIMEOUT_MS,
);
