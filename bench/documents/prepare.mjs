// Writes the dictionary once for all trials: its text, and a region that holds it.
import { writeFileSync } from 'node:fs';
import { Master } from 'jsonmmap';
import { makeDictionary } from './dictionary.mjs';
import { DICTIONARY, pathOf } from './index.mjs';

const document = makeDictionary();
writeFileSync(pathOf(DICTIONARY), JSON.stringify(document));
Master.open(DICTIONARY, { initial: document }).close();
process.send('prepared', () => process.exit(0));
