const threeMasters = ['LOCKS_ONLY', 'ACTORS=3', 'KILLS=0', 'NO_FOLLOWER'];
const twoMastersAndARemover = ['LOCK_FILE_ONLY', 'ACTORS=3', 'KILLS=0', 'NO_FOLLOWER'];

/**
 * What is checked: each model as it is, with the invariant that none of its runs may violate; then with one thing broken, and the invariant whose
 * violation the search has to find. `define` is for the preprocessor.
 */
export const checks = [
  { model: 'ring', what: 'as it is' },
  { model: 'ring', what: 'a piece of a record is damaged', define: ['DAMAGE', 'VERSIONS=5', 'KILLS=1'] },
  { model: 'ring', what: 'word stored before the record', define: ['WORD_BEFORE_RECORD'], breaks: 'I3' },
  { model: 'ring', what: 'word not loaded again', define: ['NO_RECHECK'], breaks: 'I3' },
  { model: 'ring', what: 'overtaken one version late', define: ['RECHECK_ONE_LATE'], breaks: 'I3' },
  { model: 'ring', what: 'version asked for before the word has it', define: ['FUTURE_ASKED'], breaks: 'I3' },
  { model: 'ring', what: 'history as long as the ring', define: ['HISTORY_OF_WHOLE_RING'], breaks: 'I3' },
  { model: 'ring', what: 'next master counts from 1', define: ['COUNT_RESTARTED'], breaks: 'I3' },
  { model: 'ring', what: 'next master believes an unnamed record', define: ['RECORD_TRUSTED'], breaks: 'I2' },
  {
    model: 'ring',
    what: 'damage, checksum not looked at',
    define: ['DAMAGE', 'NO_CHECKSUM', 'VERSIONS=5', 'KILLS=1'],
    breaks: 'I3',
  },

  { model: 'ordering', what: 'ARM, releases and acquires' },
  { model: 'ordering', what: 'x86-64, everything plain', define: ['TSO'] },
  { model: 'ordering', what: 'ARM, word stored plainly (M1)', define: ['PLAIN_WORD_STORE'], breaks: 'I3' },
  { model: 'ordering', what: 'ARM, record stored plainly (M2)', define: ['PLAIN_RECORD_STORES'], breaks: 'I3' },
  { model: 'ordering', what: 'ARM, hot load taken for the acquire (M3)', define: ['PLAIN_WORD_LOAD'], breaks: 'I3' },
  { model: 'ordering', what: 'ARM, record loaded plainly (M4)', define: ['PLAIN_RECORD_LOADS'], breaks: 'I3' },
  { model: 'ordering', what: 'ARM, told without a system call', define: ['PLAIN_TOLD'], breaks: 'I2' },

  { model: 'segment', what: 'as it is' },
  { model: 'segment', what: 'commit before its nodes', define: ['WATERMARK_BEFORE_NODES'], breaks: 'I4' },
  { model: 'segment', what: 'nodes before their space', define: ['NO_RESERVE'], breaks: 'I5' },
  { model: 'segment', what: 'follower does not map again', define: ['MAPPING_KEPT'], breaks: 'I5' },
  { model: 'segment', what: 'old segment cut short', define: ['CUT_AT_THE_SWITCH'], breaks: 'I5' },
  {
    model: 'segment',
    what: 'old segment unlinked before the publish',
    define: ['UNLINKED_BEFORE_PUBLISH'],
    breaks: 'I6',
  },
  { model: 'segment', what: 'history not kept by a switch', define: ['HISTORY_FORGOTTEN'], breaks: 'I6' },
  { model: 'segment', what: 'history not kept by a takeover', define: ['RECOVERY_FORGETS_HISTORY'], breaks: 'I6' },
  { model: 'segment', what: 'missing file taken for damage', define: ['NO_RETRY'], breaks: 'I6' },
  {
    model: 'segment',
    what: 'fresh segment takes the name of the old one',
    define: ['FRESH_TAKES_THE_NAME'],
    breaks: 'I6',
  },
  { model: 'segment', what: 'next master begins below the watermark', define: ['HEAD_FROM_THE_START'], breaks: 'I1' },
  { model: 'segment', what: 'orphans left by a takeover', define: ['ORPHANS_LEFT'], breaks: 'I12' },
  { model: 'segment', what: 'node ids without slack', define: ['NODE_IDS_WITHOUT_SLACK'], breaks: 'I9' },

  { model: 'mastership', what: 'two of any kind, one is killed' },
  { model: 'mastership', what: 'three masters of any kind', define: threeMasters },
  { model: 'mastership', what: 'two masters and a remover, kernel locks', define: twoMastersAndARemover },
  { model: 'mastership', what: 'no lock taken', define: ['NO_LOCK'], breaks: 'I7' },
  { model: 'mastership', what: 'kernel lock without a link', define: ['NO_LINK_WITH_KERNEL_LOCK'], breaks: 'I7' },
  { model: 'mastership', what: 'link given up before the claim', define: ['LINK_DROPPED_BEFORE_CLAIM'], breaks: 'I7' },
  { model: 'mastership', what: 'no second look', define: [...threeMasters, 'NO_SECOND_LOOK'], breaks: 'I7' },
  {
    model: 'mastership',
    what: 'lock file not compared with its path',
    define: [...twoMastersAndARemover, 'LOCK_FILE_NOT_LOOKED_AT'],
    breaks: 'I7',
  },
  {
    model: 'mastership',
    what: 'control file named before it is complete',
    define: ['NAME_BEFORE_CONTENT'],
    breaks: 'I8',
  },
  { model: 'mastership', what: 'removal without a mark', define: ['NOT_MARKED'], breaks: 'I10' },
  { model: 'mastership', what: 'control file removed first', define: ['CONTROL_FIRST'], breaks: 'I10' },
  { model: 'mastership', what: 'removal by force', define: ['FORCE'], breaks: 'I10' },
];
