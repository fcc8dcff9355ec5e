// node wake-source.mjs <file watcher|polling> <path> <referenced|unreferenced>: says "woken, " when it is, closes then, and says "ended" at its end.
import { openFileWatcher } from '../../lib/region/notify/file-watcher.js';
import { openPolling } from '../../lib/region/notify/polling.js';

const [name, path, hold] = process.argv.slice(2);
const open = name === 'polling' ? openPolling : openFileWatcher;
process.on('exit', () => process.stdout.write('ended'));
const source = open(path, {
  wake() {
    process.stdout.write('woken, ');
    source.close();
  },
  failed(error) {
    throw error;
  },
});
source.referenced = hold === 'referenced';
process.send('runs', () => process.disconnect());
