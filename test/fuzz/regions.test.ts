import { afterAll, it } from 'vitest';
import { cleanUp, tryRegion } from './region-cases.js';
import { cases, eachSeed, firstSeed, timeoutMs } from './seeds.js';

/** Files take ten times as long. */
const count = Math.ceil(cases / 10);

afterAll(cleanUp);

it(`${count} damaged regions give values or codes, from seed ${firstSeed} on`, {
  timeout: timeoutMs(count * 10),
}, async () => {
  await eachSeed(count, tryRegion);
});
