// Asks for more memory than the file system at JSONMMAP_DIR has, in every way there is, and says what happened.
import { readdirSync, statSync } from 'node:fs';
import { Mmap } from 'jsonmmap/mmap';

const TOO_MUCH = 1024 * 1024;
const codeOf = (body) => {
  try {
    body();
    return 'no error';
  } catch (error) {
    return error.code;
  }
};

const report = {};
report.creating = codeOf(() => new Mmap(-1, TOO_MUCH, { tagname: 'memory' }));
report.filesAfterCreating = readdirSync(process.env.JSONMMAP_DIR);

const memory = new Mmap(-1, 65536, { tagname: 'memory' });
memory.write('kept');
report.growing = codeOf(() => new Mmap(-1, TOO_MUCH, { tagname: 'memory' }));
report.sizeAfterGrowing = statSync(memory.path).size;
report.resizing = codeOf(() => memory.resize(TOO_MUCH));
report.sizeAfterResizing = memory.size();
report.contents = memory.slice(0, 4).toString();
report.writtenAfterwards = memory.write('again');
console.log(JSON.stringify(report));
