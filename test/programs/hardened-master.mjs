// Everything that a program does with a region, for a Node with less than usual; prints what it sees. node hardened-master.mjs <directory>
import { once } from 'node:events';
import { check, Follower, JsonMmapError, JsonMmapTypeError, Master, Mmap, regions, remove } from 'jsonmmap';

const [dir] = process.argv.slice(2);
const awkward = JSON.parse('{ "constructor": 1, "toString": { "valueOf": 2 }, "__proto__": 3 }');
const items = Array.from({ length: 100 }, (_, i) => ({ i, text: `item ${i}`, deep: { list: [i] } })); // enough for generated code
const master = Master.open('hardened', { dir, initial: { items, awkward } });
const follower = Follower.open('hardened', { dir });
const change = once(follower.ref(), 'change');
master.update((draft) => {
  draft.items.push({ i: -1 });
  draft.awkward.toString.valueOf = 3;
});
const [{ patch }] = await change;
master.patch([{ op: 'remove', path: '/items/0' }]);
master.set('/awkward/hasOwnProperty', true);
master.set('/awkward/isPrototypeOf', 4);

const memory = new Mmap(-1, 100);
memory.write('hello');
const print = (value) => console.log(JSON.stringify(value));
print(patch);
print([follower.current, follower.view.items[99], check('hardened', { dir }).ok, regions({ dir }).length]);
print([
  String(memory.slice(0, 5)),
  codeOf(() => master.set('/items/x', 1)),
  codeOf(() => follower.current.items.push(1)),
]);
print(
  codeOf(() => {
    follower.view.items = 1;
  }),
);
follower.close();
master.close();
remove('hardened', { dir });

function codeOf(act) {
  try {
    return act();
  } catch (error) {
    return [error.name, error.code, error instanceof JsonMmapError, error instanceof JsonMmapTypeError];
  }
}
