// What nobody closed is unmapped when it is collected, and not before.
import assert from 'node:assert/strict';
import { canCollect, collectedTo, withFile } from './scratch.mjs';

const needsCollector = canCollect ? undefined : 'this runtime cannot be asked to collect garbage';

export async function forgottenMappingsAreUnmapped() {
  if (needsCollector) return needsCollector;
  return withFile(1, async ({ map, path }) => {
    for (let i = 0; i < 20; i++) store(map('write').buffer);
    assert.ok(await collectedTo(0, path));
  });
}

export async function viewKeepsItsForgottenMapping() {
  if (needsCollector) return needsCollector;
  return withFile(1, async ({ map, path }) => {
    const view = viewOf(map);
    for (let i = 0; i < 20; i++) store(map('write').buffer);
    assert.ok(await collectedTo(1, path));
    view[0] = 77;
    assert.equal(view[0], 77);
  });
}

export async function transferredBuffersAreUnmapped() {
  if (needsCollector) return needsCollector;
  if (ArrayBuffer.prototype.transfer === undefined) return 'no ArrayBuffer.prototype.transfer here';
  return withFile(1, async ({ map, path }) => {
    for (let i = 0; i < 20; i++) transfer(map('write'), i % 2 === 0);
    assert.ok(await collectedTo(0, path));
  });
}

export async function closedMappingsAreCollectedInPeace() {
  if (needsCollector) return needsCollector;
  return withFile(1, async ({ map, path }) => {
    for (let i = 0; i < 200; i++) storeAndClose(map('write'));
    assert.ok(await collectedTo(0, path));
  });
}

/** In functions of their own, so that no register or stack slot of the step keeps what it touched. */
function store(buffer) {
  new Uint8Array(buffer)[0] = 1;
}

function storeAndClose(mapping) {
  store(mapping.buffer);
  mapping.close();
}

function transfer(mapping, close) {
  store(mapping.buffer.transfer());
  if (close) mapping.close();
}

function viewOf(map) {
  return new Uint8Array(map('write').buffer);
}
