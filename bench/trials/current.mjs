// P1: a property of the newest document, and a selected value, read over and over. Loops by mitata; what it costs to call an empty function is in all rows alike.
import { Follower, Master } from 'jsonmmap';
import { do_not_optimize } from 'mitata';
import { makeFlags } from '../documents/flags.mjs';
import { openLmdb } from '../drivers/lmdb.mjs';
import { inTurns, median, perCall } from '../measure.mjs';
import { row } from '../rows.mjs';

/** What one would write in a single process: the newest document behind a getter. */
class Local {
  #document;

  get current() {
    return this.#document;
  }

  replace(document) {
    this.#document = document;
  }
}

export async function measure({ quick }) {
  const document = makeFlags();
  const master = Master.open('flags', { initial: document });
  const follower = Follower.open(master.name);
  const selection = follower.select('/beta/color');
  const local = new Local();
  // Replaced once, as a document that is read so often will be: the engine may not take it for a constant.
  for (let i = 0; i < 2; i++) local.replace(structuredClone(document));
  const store = await openLmdb('flags', Object.entries(document));
  const cached = await openLmdb('flags-cached', Object.entries(document), { cached: true });
  const whole = await openLmdb('flags-whole', [['document', document]]);

  const loop = (body) => perCall(body, quick);
  const results = await inTurns(quick ? 3 : 7, {
    follower: () => loop(() => do_not_optimize(follower.current.beta.color)),
    selection: () => loop(() => do_not_optimize(selection.value)),
    local: () => loop(() => do_not_optimize(local.current.beta.color)),
    store: () => loop(() => do_not_optimize(store.get('beta').color)),
    cached: () => loop(() => do_not_optimize(cached.get('beta').color)),
    whole: () => loop(() => do_not_optimize(whole.get('document').beta.color)),
  });
  const measured = median(results.follower);
  return [
    row('current.beta.color', {
      measured,
      baseline: ['local object behind a getter', median(results.local)],
      target: { text: '≤ 3×', ratioAtMost: 3 },
    }),
    row('value of a selection', {
      measured: median(results.selection),
      baseline: ['local object behind a getter', median(results.local)],
    }),
    row('current.beta.color', {
      measured,
      baseline: ["lmdb get('beta').color", median(results.store)],
      target: { text: '≥ 100× faster', fasterBy: 100 },
    }),
    row('the same', {
      measured,
      baseline: ['lmdb, the document as one value', median(results.whole)],
      target: { text: '≥ 100× faster', fasterBy: 100 },
    }),
    // Within one turn of the event loop lmdb answers from one read transaction, so these gets cannot see a change.
    row('the same', { measured, baseline: ['lmdb with a validated cache', median(results.cached)] }),
  ];
}
