// Writes patches that append to a list, and knows the document at every entry of every history: what an entry was applied twice, or left out, cannot hide.
import { setTimeout as delay } from 'node:timers/promises';
import { appendEntry } from '../../lib/upstream/log/append.js';
import { LogDocument } from '../../lib/upstream/log/document.js';
import { decodeEntry } from '../../lib/upstream/log/entry.js';
import { storeSnapshot } from '../../lib/upstream/log/snapshot.js';
import { openUpstream } from '../../lib/upstream/open.js';

const START = { sequence: 0, id: '' };
const PAUSE_MS = 100;
const CREATED_MS = 60_000;

export class Writer {
  #url;
  #name;
  #engine;
  #count = 0;
  /** Sequence of what is stored last, part of the log or not. */
  #stored = 0;
  position = START;
  /** The list at each entry, by the first digits of its id. */
  lists = new Map();
  /** Entries of this history whose append was acknowledged. */
  acknowledged = [];
  refused = 0;

  constructor(url, name) {
    this.#url = url;
    this.#name = name; // the same entry of two writers would be one
  }

  async open() {
    for (;;) {
      try {
        this.#engine = await openUpstream(this.#url);
        return await this.create();
      } catch {
        await this.#engine?.close();
        await delay(PAUSE_MS);
      }
    }
  }

  /** Makes the bucket; a cluster that has just changed takes a while. */
  async create() {
    for (const deadline = performance.now() + CREATED_MS; ; await delay(PAUSE_MS)) {
      try {
        return await this.#engine.create();
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
    }
  }

  get engine() {
    return this.#engine;
  }

  /** Appends an entry; returns whether that was acknowledged. */
  async append(padding = '') {
    const isFirst = this.position.sequence === 0;
    const value = ++this.#count;
    const list = [...(isFirst ? [] : this.listAt(this.position)), value];
    const operations = isFirst
      ? { list, padding }
      : [
          { op: 'add', path: '/list/-', value },
          { op: 'replace', path: '/padding', value: padding },
        ];
    const kind = isFirst ? 'write' : 'patch';
    const entry = { parent: isFirst ? null : this.position.id, kind, by: this.#name, at: Date.now(), message: '' };
    try {
      this.position = await appendEntry(this.#engine, entry, operations, { after: this.#stored });
      this.#stored = this.position.sequence;
      this.lists.set(key(this.position), list);
      this.acknowledged.push(this.position);
      return true;
    } catch {
      this.refused++;
      return false;
    }
  }

  /** Appends until `isOver`, and goes on from the head after each failure. */
  async appendUntil(isOver, everyMs = 20) {
    while (!isOver()) {
      if (!(await this.append())) await this.goOn(isOver);
      await delay(everyMs);
    }
  }

  /** Goes on from the newest entry that there is. */
  async goOn(isOver = () => false) {
    while (!isOver()) {
      try {
        const head = await this.#engine.head();
        if (head === undefined) this.#begin();
        else await this.learn();
        return;
      } catch {
        await delay(PAUSE_MS);
      }
    }
  }

  /** Reads the log: entries that were appended without an answer are part of it, too. */
  async learn() {
    const head = (await this.#engine.head())?.sequence ?? 0;
    let from = 1;
    let parent;
    let last;
    while (from <= head) {
      const stored = await this.#engine.read(from, 256, true);
      if (stored.length === 0) throw new Error('a replica is behind');
      for (const { sequence, bytes } of stored) {
        const entry = decodeEntry(sequence, bytes);
        from = sequence + 1;
        if (last !== undefined && entry.parent === last.parent) continue; // has lost against another one behind the same parent
        if (last !== undefined && entry.parent !== last.id)
          throw new Error('replicas that are not alike have answered');
        last = entry;
        const before = parent ?? this.lists.get(entry.parent?.slice(0, 24));
        if (!this.lists.has(key(entry)) && entry.text !== undefined) {
          const operations = JSON.parse(Buffer.from(entry.text));
          this.lists.set(key(entry), entry.kind === 'write' ? operations.list : [...before, operations[0].value]);
        }
        parent = this.lists.get(key(entry));
        this.position = { sequence, id: entry.id };
      }
    }
    this.#stored = head;
    this.#count = Math.max(this.#count, ...(parent ?? []));
  }

  #begin() {
    this.position = START;
    this.#stored = 0;
  }

  listAt(position) {
    return this.lists.get(key(position));
  }

  /** The newest entries and their parents, as text. */
  async logEnd() {
    const { sequence } = await this.#engine.head();
    const stored = await this.#engine.read(Math.max(1, sequence - 20), 21);
    const shown = stored.map(({ sequence, bytes }) => ({ sequence, ...decodeEntry(sequence, bytes) }));
    return shown
      .map(({ sequence, id, parent, by }) => `${sequence} ${id.slice(0, 8)} behind ${parent?.slice(0, 8)} by ${by}`)
      .join('\n');
  }

  async snapshot() {
    const newest = await LogDocument.at(this.#engine);
    const { position, value: document, rings } = newest;
    await storeSnapshot(this.#engine, { position, document, rings });
    newest.close();
    return position;
  }

  /** The bucket is another one from now on. */
  forget() {
    this.#begin();
    this.acknowledged = [];
  }

  async close() {
    await this.#engine?.close();
  }
}

function key({ id }) {
  return id.slice(0, 24);
}
