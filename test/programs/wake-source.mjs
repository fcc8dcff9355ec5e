// node wake-source.mjs <word wait|file watcher|polling> <path> <referenced|unreferenced>: says "woken, " when it is, closes then, and says "ended" at its end.
import { openSync } from 'node:fs';
import { openFileWatcher } from '../../lib/region/notify/file-watcher.js';
import { openPolling } from '../../lib/region/notify/polling.js';
import { wordWaits } from '../../lib/region/notify/word-wait.js';
import { mmapSystem } from '../../lib/system/system.js';

const [name, path, hold] = process.argv.slice(2);
const kinds = { 'word wait': wordWaits(mmapSystem()), 'file watcher': openFileWatcher, polling: openPolling };
process.on('exit', () => process.stdout.write('ended'));
const source = kinds[name](
  { path, fd: openSync(path, 'r') },
  {
    wake() {
      process.stdout.write('woken, ');
      source.close();
    },
    failed(error) {
      throw error;
    },
  },
);
source.referenced = hold === 'referenced';
process.send('runs', () => process.disconnect());
