import { expect, it } from 'vitest';
import { compare } from './changes.js';
import { probe } from './reads.js';
import { cases, eachSeed, firstSeed, timeoutMs } from './seeds.js';
import { tryTree } from './tree-cases.js';
import { corpus } from './trees.js';

it('whole trees are whole', () => {
  for (const pair of corpus) {
    expect(probe(pair.before)).not.toContain('corrupt');
    expect(probe(pair.after)).not.toContain('corrupt');
    expect(compare(pair)).not.toContain('corrupt');
  }
});

it(`${cases} damaged trees give values or codes, from seed ${firstSeed} on`, {
  timeout: timeoutMs(cases),
}, async () => {
  await eachSeed(cases, tryTree);
});
