// P4: the first read after a change, of a follower that reads by path, by view, or has the whole document as objects.
import { Follower, Master } from 'jsonmmap';
import { ENTRIES, keyOf } from '../documents/dictionary.mjs';
import { copyDictionaryRegion, DICTIONARY, textOf } from '../documents/index.mjs';
import { randomNumbers } from '../documents/random.mjs';
import { inTurns, median, nanoseconds } from '../measure.mjs';
import { row } from '../rows.mjs';

export async function measure({ quick }) {
  copyDictionaryRegion();
  const master = Master.open(DICTIONARY);
  const follower = Follower.open(DICTIONARY);
  const text = textOf(DICTIONARY);
  const random = randomNumbers(4);

  /** Sets a key of a random user, then times `read` of it. */
  function seen(read) {
    const key = keyOf(Math.floor(random() * ENTRIES));
    const score = Math.round(random() * 1e9);
    master.set(`/users/${key}/score`, score);
    let found;
    const elapsed = nanoseconds(() => {
      found = read(key);
    });
    if (found !== score) throw new Error(`the follower read ${found}, not ${score}`);
    return elapsed;
  }
  const many = (read) => median(Array.from({ length: quick ? 1000 : 5000 }, () => seen(read)));
  const light = await inTurns(quick ? 3 : 7, {
    get: () => many((key) => follower.get(`/users/${key}/score`)),
    view: () => many((key) => follower.view.users[key].score),
  });
  const small = seeInCompatData(quick);

  void follower.current; // materialized from here on
  const heavy = await inTurns(quick ? 3 : 7, {
    current: () => seen((key) => follower.current.users[key].score),
    parse: () => nanoseconds(() => JSON.parse(text)),
  });
  const parsed = ['JSON.parse', median(heavy.parse)];
  const target = { text: '≤ 20 µs', atMost: 20_000 };
  return [
    row('get, 100 MB', { measured: median(light.get), baseline: parsed, target }),
    row('view, 100 MB', { measured: median(light.view), baseline: parsed, target }),
    row(`current, the widest changed object has ${small.width} keys`, {
      measured: small.current,
      baseline: small.parsed,
    }),
    row(`current, a changed object has ${ENTRIES.toLocaleString('en')} keys`, {
      measured: median(heavy.current),
      baseline: parsed,
    }),
  ];
}

/** The same for `current` of a document whose containers are of the usual width. */
function seeInCompatData(quick) {
  const text = textOf('compat data');
  const master = Master.open('compat-data', { initial: JSON.parse(text) });
  const follower = Follower.open(master.name);
  const interfaces = Object.keys(follower.current.api);
  const samples = interfaces.slice(0, quick ? 200 : 1000).map((name, i) => {
    master.set(['api', name, '__compat', 'seen'], i);
    return nanoseconds(() => follower.current);
  });
  return {
    width: interfaces.length.toLocaleString('en'),
    current: median(samples),
    parsed: ['JSON.parse', nanoseconds(() => JSON.parse(text))],
  };
}
