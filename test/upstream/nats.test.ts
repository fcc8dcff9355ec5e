import { expect, it } from 'vitest';
import { unbroken } from '../../src/upstream/nats/messages.js';

/** Found by the fault suite: behind a partition, one direct get of a batch was answered by a replica that did not have the entry yet, and agents refused all that came after the gap. */
it('entries behind a gap, which a replica that is behind leaves, are not returned', () => {
  const [one, two, four] = [1, 2, 4].map((sequence) => ({ sequence, bytes: Buffer.from('entry') }));
  expect(unbroken([one, two, undefined, four])).toEqual([one, two]);
  expect(unbroken([undefined, two])).toEqual([]);
  expect(unbroken([one, two])).toEqual([one, two]);
});
