// Prints the section of CHANGELOG.md for one version, without its heading: the text of the release.
// `node scripts/changelog-section.mjs 1.2.3 [file]`. Exit code 1 where there is no such section, or nothing in it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [version, file = fileURLToPath(new URL('../CHANGELOG.md', import.meta.url))] = process.argv.slice(2);
if (version === undefined) fail('which version? Call it as node scripts/changelog-section.mjs 1.2.3');
const section = sectionOf(readFileSync(file, 'utf8'), version);
if (section === undefined)
  fail(`${file} has no section "## [${version}] - <date>": rename "Unreleased" before the tag`);
if (section === '') fail(`the section of ${version} in ${file} is empty: say what changed`);
console.log(section);

/** The lines between the heading of `version` and the next one; links at the end of the file belong to none. */
function sectionOf(text, version) {
  const lines = text.split(/\r?\n/);
  const begin = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  if (begin < 0) return undefined;
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => /^## |^\[[^\]]+\]: /.test(line));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}

function fail(message) {
  console.error(`changelog: ${message}`);
  process.exit(1);
}
