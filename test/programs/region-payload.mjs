// What the tests of regions publish: numbers that name their version and their place, so that any byte of another version shows.

const countOf = (version) => 8 + ((version * 37) % 500);
const numberAt = (version, i) => version * 4096 + i;

/** Appends the payload of `version` and returns its root: where it begins, in units of 8 bytes, and how many numbers it has. */
export function append(segment, version, count = countOf(version)) {
  segment.reserve(count * 8);
  const begin = segment.head / 8;
  for (let i = 0; i < count; i++) segment.f64[begin + i] = numberAt(version, i);
  segment.head += count * 8;
  return { lo: begin, hi: count };
}

/** Publishes the document at `root` in `segment`, as a master does, and returns its commit. */
export function publishIn(writer, segment, root, committedAt) {
  let commit;
  writer.commits.commit({
    seal: () => writer.seal(segment, root, committedAt),
    keep: (sealed) => {
      writer.keep(sealed);
      commit = sealed;
    },
  });
  return commit;
}

/** Whether what was acquired is its version and nothing else. */
export function isWhole({ commit, segment }) {
  const { version, rootLo, rootHi, watermark } = commit;
  if (segment.limit < watermark || (rootLo + rootHi) * 8 > watermark || rootHi < 8) return false;
  for (let i = 0; i < rootHi; i++) if (segment.f64[rootLo + i] !== numberAt(version, i)) return false;
  return true;
}
