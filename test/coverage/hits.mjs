// Counts from the bundles added to counts from the tests' own modules. The two are compiled differently, so the same statement can end at another
// column: a place is known by where it begins.

/** Adds to `coverage` what `executed` has, of the files that are `included`. */
export function addHits(coverage, executed, included) {
  for (const [file, data] of Object.entries(executed)) {
    if (!included(file)) continue;
    const there = coverage.data[file];
    if (there !== undefined && !isUntouched(there)) {
      addTo(there.data, data);
    } else {
      delete coverage.data[file];
      coverage.addFileCoverage(data);
    }
  }
}

/** No test has loaded it: its places come from its source alone. */
function isUntouched({ data }) {
  return Object.values(data.s).every((hits) => hits === 0);
}

function addTo(there, executed) {
  addCounts(there.statementMap, there.s, executed.statementMap, executed.s);
  addCounts(there.fnMap, there.f, executed.fnMap, executed.f);
  const counts = hitsByPlace(executed.branchMap, executed.b);
  for (const [id, place] of Object.entries(there.branchMap)) {
    const more = counts.get(startOf(place));
    if (more?.length === there.b[id].length) there.b[id] = there.b[id].map((hits, i) => hits + more[i]);
  }
}

function addCounts(places, hits, executedPlaces, executedHits) {
  const counts = hitsByPlace(executedPlaces, executedHits);
  for (const [id, place] of Object.entries(places)) hits[id] += counts.get(startOf(place)) ?? 0;
}

function hitsByPlace(places, hits) {
  return new Map(Object.entries(places).map(([id, place]) => [startOf(place), hits[id]]));
}

/** Of a statement, a function or a branch. */
function startOf({ start, decl, loc }) {
  const { line, column } = start ?? decl?.start ?? loc.start;
  return `${line}:${column}`;
}
