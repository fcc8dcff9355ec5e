// An editor for tests. node editor.mjs (<from> <to>)… <file>: replaces the first <from> that the file contains, by <to>; prints the mode of the file, of its
// directory, and its lines.
// node editor.mjs --exit <code> <file>, node editor.mjs --kill <signal> <file>: ends without a change. node editor.mjs --wait <signal> <file>: says so, and waits for that.
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const words = process.argv.slice(2);
const file = words.pop();
const mode = (path) => (statSync(path).mode & 0o777).toString(8);
const text = readFileSync(file, 'utf8');
if (process.env.EDITOR_LOG) {
  appendFileSync(
    process.env.EDITOR_LOG,
    `${JSON.stringify({ file, mode: mode(file), directory: mode(dirname(file)), text })}\n`,
  );
}
if (words[0] === '--exit') process.exit(Number(words[1]));
else if (words[0] === '--kill') process.kill(process.pid, words[1]);
else if (words[0] === '--wait') {
  process.once(words[1], () => process.exit(0));
  console.log('editing');
  setInterval(() => {}, 1000);
} else {
  while (words.length > 0 && !text.includes(words[0])) words.splice(0, 2);
  if (words.length > 0) writeFileSync(file, text.replace(words[0], words[1]));
}
