/*
 * Nodes, growth, mappings, the switch to a fresh segment, retention, node ids, and what a new master finds of all that: writer.ts,
 * writable-segment.ts, segment-file.ts, retention.ts, recovery.ts, readable-segment.ts, readable-segments.ts, reader.ts.
 *
 * A master publishes edits, grows its segment, compacts, and is killed between any two steps, KILLS times; the next one recovers. A follower
 * acquires the newest version or one of the history, maps, maps again, and reads every node of the version. A commit is one step here: ring.pml
 * shows that it is seen whole or not at all.
 *
 * Sizes are in nodes. An edit appends one node, the root, which refers to the root before it; so each version needs two nodes, one of them shared
 * with the version before, and compaction copies one and appends one. A node holds the stamp of what was written there, life * 10 + version.
 */
#include "require.h"

#ifndef VERSIONS
#define VERSIONS 3
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define SEGMENTS 3
#define UNITS 6        /* an upper bound of what is ever in one segment */
#define FRESH_SIZE 1   /* SEGMENT_MIN_BYTES */
#define GROWTH 1       /* GROWTH_MIN_BYTES */
#define HISTORY 2      /* versions that are kept readable */
#define SLACK 1        /* what may still be published in the old segment; the program publishes nothing there meanwhile */

#define room(size) ((size) + 1) /* roomFor: a mapping is larger than what is there */
#define at(segment, offset) ((segment) * UNITS + (offset))

/* The file system. Segment 0 is none. What was unlinked stays, for those who have it open. */
bool named[SEGMENTS + 1];
bool temporary;
byte size[SEGMENTS + 1];
byte nodeIdBase[SEGMENTS + 1];
byte node[(SEGMENTS + 1) * UNITS];

/* The ring: the commits. `root` and `shared` are offsets in the segment; the watermark is behind the root. */
byte word;
byte segmentOf[VERSIONS + 1];
byte root[VERSIONS + 1];
byte shared[VERSIONS + 1];
#define watermark(version) (root[version] + 1)

/* Ghosts. */
byte stampOf[VERSIONS + 1]; /* what the root of each version holds */
bool born[UNITS * SEGMENTS];    /* node ids that a published node has */
bool killed;

#define isGuaranteed(version) ((version) > 0 && (version) <= word && (version) + HISTORY > word)

/* Whether a version of the newest `history` lives in `segment`; segmentsNeeded, and OldSegments in a master's memory. */
#define isNeeded(segment, history) (word > 0 && (segmentOf[word] == segment || \
  (history > 1 && word > 1 && segmentOf[word - 1] == segment)))

inline unlink(number) {
  d_step {
    require("I6: a guaranteed version loses its file", !isNeeded(number, HISTORY));
    named[number] = false
  }
}

/* Appends a node: never below a watermark (I1), never where there is no space or no mapping (I5). */
inline append(value) {
  d_step {
    for (i : 1 .. VERSIONS) {
      require("I1: a published byte is written again", i > word || segmentOf[i] != segment || head >= watermark(i))
    }
    i = 0;
    require("I5: a byte is written that has no space", head < size[segment]);
    require("I5: a byte is written outside of the mapping", head < mapped);
    node[at(segment, head)] = value;
    head++
  }
}

/* WritableSegment.reserve for one node: allocate, then map again where the mapping is outgrown. */
inline reserve() {
#ifndef NO_RESERVE
  if
  :: head + 1 > size[segment] ->
     size[segment] = size[segment] + GROWTH; /* until growth:allocated */
     if
     :: atomic { size[segment] > mapped -> mapped = room(size[segment]); reached("reached: the master maps again\n") }
     :: else
     fi
  :: else
  fi
#else
  mapped = UNITS
#endif
}

/* createSegment: complete under a temporary name, then renamed. */
inline create(segment, base) {
  temporary = true; /* until segment:temporary */
  d_step {
    for (i : 1 .. VERSIONS) {
      require("I6: the file of a commit is replaced", i > word || segmentOf[i] != segment)
    }
    for (i : 0 .. UNITS - 1) { node[at(segment, i)] = 0 }
    i = 0;
    size[segment] = FRESH_SIZE;
    nodeIdBase[segment] = base;
    named[segment] = true; /* until segment:created */
    temporary = false
  }
}

/* The commit of a version whose root was appended last. */
inline commit() {
  d_step {
    shared[word + 1] = head - 1 - (word > 0); /* the first version has one node */
    root[word + 1] = head - 1;
    segmentOf[word + 1] = segment;
    word++;
    stampOf[word] = life * 10 + word;
    for (i : (head - 1) * (before == 0) .. head - 1) { /* in a fresh segment any node may be a new one */
      require("I9: two published nodes have one node id", !born[nodeIdBase[segment] + i]);
      born[nodeIdBase[segment] + i] = true
    }
    i = 0
  }
}

/* Unlinks, one at a time, the files of segments from 1 to `last` that hold none of the newest `history` versions. */
inline unlinkUnneeded(last, history) {
  do
  :: atomic {
       old = 1;
       do
       :: old <= last && !(named[old] && !isNeeded(old, history)) -> old++
       :: else -> break
       od;
       if
       :: old <= last -> unlink(old); old = 0 /* until switch:unlinked, takeover:orphan */
       :: else -> old = 0; break
       fi
     }
  od
}

/* OldSegments.dropUnneeded */
#define dropUnneeded() unlinkUnneeded(segment - 1, KEPT)

#ifdef HISTORY_FORGOTTEN
#define KEPT 1
#else
#define KEPT HISTORY
#endif

/* Reserves, appends and publishes. What the master before left above the watermark is written over. */
inline publish() {
  reserve();
#ifdef WATERMARK_BEFORE_NODES
  d_step { head++; commit(); head-- };
  append(life * 10 + word);
#else
  append(life * 10 + word + 1); /* until publish:nodes */
  commit();                     /* until publish:version, switch:published */
#endif
#ifdef CUT_AT_THE_SWITCH
  if
  :: before > 0 -> size[before] = 0
  :: else
  fi;
#endif
  before = 0;
  dropUnneeded()
}

/* beginSegment */
inline begin() {
#ifdef FRESH_TAKES_THE_NAME
  fresh = segment;
#else
  fresh = segment + 1;
#endif
  ceiling = head + SLACK;
#ifdef NODE_IDS_WITHOUT_SLACK
  create(fresh, nodeIdBase[segment] + head)
#else
  create(fresh, nodeIdBase[segment] + ceiling)
#endif
}

/* Goes over to the fresh segment with a copy of what lives; the publish that follows is publishSegment. */
inline switch() {
  d_step { before = segment; segment = fresh; fresh = 0; ceiling = 0; head = 0; mapped = room(FRESH_SIZE) };
#ifdef UNLINKED_BEFORE_PUBLISH
  unlink(before);
#endif
  append(node[at(before, root[word])])
}

#ifdef RECOVERY_FORGETS_HISTORY
#define RECOVERY_KEEPS 1
#else
#define RECOVERY_KEEPS HISTORY
#endif

/* recover() */
inline recover() {
  if
  :: d_step {
       word > 0 ->
       segment = segmentOf[word];
       require("I6: the file of the newest commit is not there", named[segment]);
       require("I5: the file of the newest commit is too short", size[segment] >= watermark(word));
       mapped = room(size[segment]);
#ifdef HEAD_FROM_THE_START
       head = 0
#else
       head = watermark(word)
#endif
     }
  :: else
  fi;
#ifndef ORPHANS_LEFT
  unlinkUnneeded(SEGMENTS, RECOVERY_KEEPS);
#endif
  temporary = false;
  if
  :: word == 0 -> create(1, 0); d_step { segment = 1; head = 0; mapped = room(FRESH_SIZE) }
  :: else
  fi;
  d_step { /* takeover:ready */
    for (i : 1 .. SEGMENTS) {
      require("I12: a file that no commit needs outlives the takeover", !named[i] || i == segment || isNeeded(i, HISTORY))
    }
    i = 0
  }
}

active proctype Master() {
  byte life, segment, head, mapped, ceiling, fresh, before, old, i;
takeover:
  {
    recover();
    do
    :: word < VERSIONS && (fresh == 0 || head < ceiling) -> publish()
    :: word > 0 && word < VERSIONS && fresh == 0 && before == 0 && segment < SEGMENTS -> begin()
    :: word < VERSIONS && fresh > 0 -> switch()
    :: fresh > 0 -> unlink(fresh); fresh = 0 /* abandonSegment: no room for the copy */
    :: word == VERSIONS && fresh == 0 -> break
    od
  } unless {
    atomic {
      killed ->
      killed = false; life++;
      segment = 0; head = 0; mapped = 0; ceiling = 0; fresh = 0; before = 0; old = 0; i = 0;
      goto takeover
    }
  }
}

active proctype Killer() {
  byte kills;
  do
  :: atomic { kills < KILLS && !killed -> kills++; killed = true }
  :: break
  od
}

/* ReadableSegments.covering: `covered` when everything below the watermark can be read. */
inline cover() {
  if
  :: atomic { held == segment && end > fileSize -> fileSize = size[segment] } /* fstat: unlinked or not, it is open */
  :: atomic { held == segment && end <= fileSize }
  :: d_step { /* open and fstat */
       held != segment && named[segment] ->
       held = segment;
       fileSize = size[segment];
       mapped = room(end)
     }
  :: atomic { held != segment && !named[segment] -> goto missing }
  fi;
  d_step {
    require("I5: a file ends before the watermark of a commit", end <= fileSize);
    if
#ifndef MAPPING_KEPT
    :: end > mapped -> mapped = room(end)
#endif
    :: else
    fi
  }
}

/* Reads a node: it has to lie below the watermark, in the file, in the mapping, and to hold what was committed. */
inline load(offset, stamp) {
  d_step {
    require("I4: a version needs a node above its watermark", offset < end);
    require("I5: a follower touches a byte that the file does not have", offset < size[segment]);
    require("I5: a follower touches a byte outside of its mapping", offset < mapped);
    require("I1, I4: a node is not what was committed", node[at(segment, offset)] == stamp)
  }
}

active proctype Follower() {
  byte version, segment, end, seen, held, fileSize, mapped;
  bool asked;
acquire:
  atomic {
    version = word;
    segment = segmentOf[version];
    end = watermark(version) * (version > 0);
    asked = false
  };
  if
  :: version == 0 -> goto idle
  :: else -> goto use
  fi;
acquireAt:
  atomic {
    select(version : 1 .. VERSIONS);
    if
    :: version > word -> goto idle
    :: else
    fi;
    segment = segmentOf[version];
    end = watermark(version);
    asked = true
  };
use:
  cover();
  load(root[version], stampOf[version]);
  load(shared[version], stampOf[version - (version > 1)]);
  d_step {
    require("I2: a follower goes back to an older version", asked || version >= seen);
    if
    :: !asked -> seen = version
    :: else
    fi
  };
  goto idle;
missing: /* no such file */
  if
  :: asked -> d_step {
       require("I6: a version of the history that the master keeps is gone", !isGuaranteed(version));
       reached("reached: a version is gone\n")
     }
#ifdef NO_RETRY
  :: atomic { !asked -> require("I6: a follower finds no file and no newer commit", false) }
#else
  :: atomic { !asked && word == version -> require("I6: a follower finds no file and no newer commit", false) }
  :: atomic { !asked && word != version -> reached("reached: unlinked meanwhile, starts again\n"); goto acquire }
#endif
  fi;
idle:
  atomic { version = 0; segment = 0; end = 0; asked = false };
  if
  :: goto acquire
  :: goto acquireAt
  :: skip
  fi
}
