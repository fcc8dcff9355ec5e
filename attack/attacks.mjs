// Every attack that has been tried: what an attacker does, what SECURITY.md promises, and the tests that do it. `name` picks tests of a file by a part
// of their full name; without it all of them count.
const hostile = (file, name) => ({ file: `test/hostile/${file}.test.ts`, name });
const unit = (file, name) => ({ file: `test/unit/${file}.test.ts`, name });
const at = (file, name) => ({ file: `test/${file}.test.ts`, name });

const BYTES = 'Bytes of a region';
const SPACE = 'Space';
const USERS = 'Other users and namespaces';
const REQUESTS = 'Requests and code of the user';
const SOURCES = 'Files and processes of the command';
const MACHINE = 'Failures of the machine';

export const attacks = [
  // What the owner of a region, or an accident, does to its bytes.
  {
    area: BYTES,
    attack: 'random damage to trees and files, forged graphs, words that change between two loads',
    promise: 'a value, or an error with a code; no crash, no hang, no read outside',
    tests: [at('fuzz/trees'), at('fuzz/regions')],
  },
  {
    area: BYTES,
    attack: 'wrong offsets, counts, kinds, depths, keys such as __proto__',
    promise: 'ERR_REGION_CORRUPT, or an own property',
    tests: [unit('format/read/hostile'), unit('format/compare/hostile'), unit('region/hostile')],
  },
  {
    area: BYTES,
    attack: 'subtrees and leaves of an index that are named again and again',
    promise: 'work and memory in proportion to the bytes',
    tests: [
      unit('format/read/bounds', 'subtrees that several slots name'),
      unit('format/read/bounds', 'indexes name one leaf'),
    ],
  },
  {
    area: BYTES,
    attack: 'ordinals of an object that run far ahead, counts that are only claimed',
    promise: 'work and memory in proportion to the bytes',
    tests: [unit('format/read/bounds', 'large objects')],
  },
  {
    area: BYTES,
    attack: 'long strings and long keys that many slots name',
    promise: 'each is compared once',
    tests: [unit('format/read/bounds', 'long strings')],
  },
  {
    area: BYTES,
    attack: 'strings, arrays and objects beyond what the engine holds',
    promise: 'ERR_REGION_CORRUPT or ERR_TOO_LARGE, and check says so',
    tests: [unit('format/read/bounds', 'what no engine holds')],
  },
  {
    area: BYTES,
    attack: 'changes below long paths and long keys',
    promise: 'a patch of a few times both versions at most; linear time for any mixture of keys',
    tests: [unit('format/compare/patch-size')],
  },
  {
    area: BYTES,
    attack: 'an owner that writes while a follower reads',
    promise: 'numbers that size or end something are loaded once',
    tests: [unit('format/read/written-meanwhile')],
  },
  {
    area: BYTES,
    attack: 'parts of the files from an older copy',
    promise: 'one whole version, or a code',
    tests: [hostile('mixed-versions')],
  },
  {
    area: BYTES,
    attack: 'the last version and the last segment, forged or real',
    promise: 'writes are refused before anything is acknowledged; published versions stay readable',
    tests: [unit('region/limits')],
  },
  {
    area: BYTES,
    attack: 'keys chosen to collide',
    promise: 'the key hash is seeded for each region; colliding keys are still found',
    tests: [unit('format/write/colliding')],
  },

  {
    area: SPACE,
    attack: 'followers that only listen, or read and drop what they read, while everything is rewritten',
    promise: 'they keep the newest segment mapped and no old one',
    tests: [unit('follower/lifetime', 'while everything is rewritten'), unit('region/segment/reclamation')],
  },
  {
    area: SPACE,
    attack: 'followers that hold snapshots',
    promise: 'exactly what is held stays readable, to the byte, and is shown',
    tests: [unit('follower/lifetime', 'what is held'), at('property/lifetime'), unit('region/segment/lifetime')],
  },
  {
    area: SPACE,
    attack: 'endless rewriting on a small file system, beside listeners and holders',
    promise: 'no ERR_NO_SPACE: space stays within what README says',
    tests: [at('soak/space')],
  },
  {
    area: SPACE,
    attack: 'opening, leaving open, refusing and forgetting, some hundred times',
    promise: 'not one descriptor or mapping more than before',
    tests: [hostile('leaks')],
  },

  {
    area: USERS,
    attack: 'another user who may read: writes, truncates, replaces, locks, notifies, removes, requests writes',
    promise: 'nothing changes for anybody',
    tests: [hostile('neighbour', 'reads, and cannot write')],
  },
  {
    area: USERS,
    attack: 'files, links, FIFOs, devices and directories in place of each file of a region',
    promise: 'not followed, opened or written; a code at once',
    tests: [hostile('squatting')],
  },
  {
    area: USERS,
    attack: 'the same while they are open; permissions that go while a master runs',
    promise: 'processes that have the files open neither read nor write the replacements; the old version stays',
    tests: [hostile('exchanged')],
  },
  {
    area: USERS,
    attack: 'files of other users, and files that others may write to',
    promise: 'not trusted: effective user, root and `owner` only',
    tests: [hostile('files'), unit('system/trust'), unit('mmap/tagname')],
  },
  {
    area: USERS,
    attack: 'the default directory, made by another user first',
    promise: 'ERR_DIRECTORY',
    tests: [hostile('neighbour', 'default directory'), unit('system/directory', 'the directory of a user')],
  },
  {
    area: USERS,
    attack:
      'another user connects to the request socket while it is made, with umask 0, in threads and cluster workers',
    promise: 'refused at each step',
    tests: [hostile('socket', 'umask 0')],
  },
  {
    area: USERS,
    attack: "another user's socket in place of the master's, and false answers",
    promise: 'no document is sent; nothing but an answer is believed',
    tests: [hostile('socket', 'a link in the place'), unit('write-requests/client')],
  },
  {
    area: USERS,
    attack: 'a fallback master or follower in another pid namespace',
    promise: 'a living region is not taken over, and no living master is called dead',
    tests: [hostile('namespaces')],
  },
  {
    area: USERS,
    attack: 'control characters in documents, errors, names and answers',
    promise: 'escaped before a terminal sees them',
    tests: [at('cli/terminal', 'does not hide what would control')],
  },

  {
    area: REQUESTS,
    attack: 'requests of any bytes, sizes and depths; one byte at a time; half-open; deaf; hundreds at once',
    promise: 'limits are known before anything is parsed; every answer has a code; the master goes on',
    tests: [unit('write-requests/requests', 'a request'), unit('write-requests/limits')],
  },
  {
    area: REQUESTS,
    attack: 'schemas that throw, return anything, or have hostile issues',
    promise: 'an answer with a code; the master goes on',
    tests: [unit('write-requests/requests', 'a schema'), unit('master/callbacks', 'a schema')],
  },
  {
    area: REQUESTS,
    attack:
      'recipes, transactions, toJSON, getters and proxies that throw, write, overflow the stack or close the master',
    promise: 'the master is unchanged, and continues',
    tests: [unit('master/callbacks')],
  },
  {
    area: REQUESTS,
    attack: 'patches, merges and pointers that are 50,000 deep',
    promise: 'linear time, no stack; a code where a library cannot',
    tests: [unit('master/deep')],
  },
  {
    area: REQUESTS,
    attack: 'listeners that throw, and removeAllListeners()',
    promise: 'the others are still told',
    tests: [unit('listeners')],
  },
  {
    area: REQUESTS,
    attack: 'a master that is stopped (SIGSTOP)',
    promise: 'who asks gets a code in time',
    tests: [at('cli/write', 'stopped')],
  },

  {
    area: SOURCES,
    attack: 'cycles, bombs, deep and endless texts, devices and FIFOs as documents',
    promise: 'refused with a code within time and memory; the last good document stays',
    tests: [at('sources/files'), at('sources/formats'), at('sources/json-schema')],
  },
  {
    area: SOURCES,
    attack: 'a forged, linked or piped list of followers; a process that has got the pid of one',
    promise: 'nothing but followers of the run is signalled',
    tests: [at('run/roster')],
  },
  {
    area: SOURCES,
    attack: 'output without end that nobody reads; the process that passes it on is killed',
    promise: 'memory stays flat; output goes on',
    tests: [at('run/output')],
  },
  {
    area: SOURCES,
    attack: 'grandchildren, crashes, errors of the run itself',
    promise: 'no process is left behind',
    tests: [at('run/processes')],
  },
  {
    area: SOURCES,
    attack: 'the files of the region are deleted under a run, or another master takes it',
    promise: 'the region is made anew, or the run ends with a code',
    tests: [at('run/region')],
  },
  {
    area: SOURCES,
    attack: 'export onto devices, links, mount points and files of others',
    promise: 'a file keeps owner and mode; what is no file is written to, not replaced',
    tests: [at('cli/export-file')],
  },
  {
    area: SOURCES,
    attack: 'other sites, other names and other users that try to reach the inspector; a page that requests changes',
    promise: 'nothing without its cookie, host and origin; no change without --write and our own page',
    tests: [at('inspector/guard')],
  },
  {
    area: SOURCES,
    attack: 'hostile documents to display: scripts, strings of 10 MB, 10,000 levels, invalid names',
    promise: 'values are text, shown in part; an error with a code; the inspector lives',
    tests: [at('inspector/server', 'a value'), at('inspector/server', 'a hostile name')],
  },

  {
    area: MACHINE,
    attack: 'kill -9 of a master at each step and at random instants',
    promise: 'the last published version stays; a new master takes over at once',
    tests: [at('crash/region-failpoints'), at('crash/region-random'), at('crash/master')],
  },
  {
    area: MACHINE,
    attack: 'each system call fails once: EIO, ENOSPC, EMFILE, EACCES',
    promise: 'a code; nothing acknowledged is lost; no lock stays',
    tests: [hostile('failing-calls')],
  },
  {
    area: MACHINE,
    attack: 'a disk whose syncs fail',
    promise: 'the published version stays, and the master reports that it can publish no more',
    tests: [at('durability/failing-disk')],
  },
  {
    area: MACHINE,
    attack: 'a full file system; a limit of file sizes',
    promise: 'ERR_NO_SPACE or ERR_TOO_LARGE, and the old version stays',
    tests: [unit('region/full'), unit('master/file-limit')],
  },
  {
    area: MACHINE,
    attack: 'the memory limit of a control group ends a master, or a follower',
    promise: 'as kill -9 does: nothing acknowledged is lost, others go on',
    tests: [hostile('scarce', 'memory of a control group')],
  },
  {
    area: MACHINE,
    attack: 'no more descriptors, at each call and at the import',
    promise: 'a code',
    tests: [hostile('scarce', 'descriptors'), at('package/descriptors')],
  },
  {
    area: MACHINE,
    attack: 'another process gets the pid of a dead master',
    promise: 'it is not taken for the master',
    tests: [hostile('scarce', 'a pid')],
  },
  {
    area: MACHINE,
    attack: 'a region file cut short while it is mapped',
    promise: 'the process that touches what is gone ends by SIGBUS, and no other; over the fallback nobody ends',
    tests: [hostile('scarce', 'pages of a file'), hostile('files', 'cut')],
  },
  {
    area: MACHINE,
    attack: 'frozen intrinsics, no generated code, no addons, the permission model of Node',
    promise: 'it works, or a code says what to allow',
    tests: [at('package/hardened')],
  },
];
