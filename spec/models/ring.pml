/*
 * Publish, acquire, collision, and the count of versions across masters: ring.ts, commits.ts, record.ts, recovery.ts.
 *
 * A master publishes around a ring of CAPACITY records while a follower reads the newest version or one that it names. The master is killed
 * between any two of its stores, KILLS times; the next one finds what is left and goes on. Memory is sequentially consistent here,
 * which ordering.pml justifies. A record has two pieces, each stored and loaded by itself: whatever mix of versions a torn record
 * of eight pieces shows, two of them show it.
 *
 * A piece holds a stamp, life of the master * 10 + version, so that the same version of two masters is told apart.
 *
 * The follower looks at the version in a record and not at the checksum: order alone must keep it from anything torn. With DAMAGE a piece
 * is overwritten from outside once, and the checksum is looked at.
 */
#include "require.h"

#define CAPACITY 4
#ifndef VERSIONS
#define VERSIONS 6
#endif
#ifndef KILLS
#define KILLS 2
#endif
#define HISTORY_DEFAULT (CAPACITY - 2) /* checkHistoryFits */

#ifdef HISTORY_OF_WHOLE_RING
#define HISTORY CAPACITY
#else
#define HISTORY HISTORY_DEFAULT
#endif

#ifdef RECHECK_ONE_LATE
#define OVERTAKEN CAPACITY
#else
#define OVERTAKEN (CAPACITY - 1)
#endif

#define WRONG 99 /* a damaged piece */
#define slot(version) ((version) % CAPACITY)
#define versionOf(stamp) ((stamp) % 10)

byte word;                    /* the version word */
byte head[CAPACITY];          /* first piece of each record: version, root, segment */
byte tail[CAPACITY];          /* last piece: checksum */
byte committed[VERSIONS + 1]; /* ghost: the stamp of each version, as it was made visible */
bool killed, damaged;

/* I3 as it stands in PROTOCOL.md, after every store of the master. */
inline checkRing() {
  for (i : 1 .. VERSIONS) {
    require("I3: a record that the word guarantees is not whole",
      i > word || i + CAPACITY - 2 < word || damaged || (head[slot(i)] == committed[i] && tail[slot(i)] == committed[i]))
  }
  i = 0
}

/* Control.publish */
inline storeRecord() {
  d_step { head[slot(version)] = stamp; checkRing() } /* until publish:half-record */
  d_step { tail[slot(version)] = stamp; checkRing() } /* until publish:record */
}

inline storeWord() {
  d_step {
    require("I2: the word grows by one at a time", version == word + 1)
    word = version;
    committed[version] = stamp;
    checkRing()
  }
}

/* recover(): the newest commit, or no master */
inline recover() {
#ifdef COUNT_RESTARTED
  version = 0;
#else
  version = word;
#endif
#ifdef RECORD_TRUSTED
  /* a whole record that the word does not name is taken for a commit */
  if
  :: head[slot(word + 1)] == tail[slot(word + 1)] && versionOf(head[slot(word + 1)]) == word + 1 -> version = word + 1
  :: else
  fi
#endif
}

active proctype Master() {
  byte version, stamp, life, i;
takeover:
  {
    atomic {
      recover();
      if
      :: damaged && word > 0 && (head[slot(word)] == WRONG || tail[slot(word)] == WRONG) ->
         reached("reached: the newest record is damaged, no master\n"); goto over
      :: else
      fi
    }
    do
    :: version < VERSIONS ->
       d_step { version++; stamp = life * 10 + version }
#ifdef WORD_BEFORE_RECORD
       storeWord();
       storeRecord()
#else
       storeRecord();
       storeWord()
#endif
    :: version == VERSIONS -> break
    od
  } unless { atomic { killed -> killed = false; life++; version = 0; stamp = 0; i = 0; goto takeover } }
over: skip
}

active proctype Killer() {
  byte kills;
  do
  :: atomic { kills < KILLS && !killed -> kills++; killed = true }
  :: break
  od
}

#ifdef DAMAGE
active proctype Medium() {
  byte at;
  atomic {
    select(at : 0 .. CAPACITY - 1);
    damaged = true;
    if
    :: head[at] = WRONG
    :: tail[at] = WRONG
    fi
  }
}
#endif

/* decodeRecord: whether what was loaded is taken for the record that was asked for */
#if defined(DAMAGE) && !defined(NO_CHECKSUM)
#define isRecord (versionOf(first) == asked && first == last)
#else
#define isRecord (versionOf(first) == asked)
#endif

#ifdef NO_RECHECK
#define isGone false
#else
#define isGone (asked > newest || newest - asked >= OVERTAKEN)
#endif

/* Control.readRecord, and the version word once more */
inline loadRecord() {
  first = head[slot(asked)];
  last = tail[slot(asked)];
  newest = word
}

inline checkRecord() {
  require("I3: a record is taken for damaged that is only being overwritten", isRecord || damaged);
  require("I3: a torn record, or one that was never committed, is taken for a commit",
    !isRecord || (first == committed[asked] && last == committed[asked]))
}

active proctype Follower() {
  byte asked, first, last, newest, seen;
newestCommit:
  asked = word;
  if
  :: asked == 0 -> goto idle
  :: else
  fi;
  loadRecord();
  if
  :: atomic { isGone -> reached("reached: overtaken, starts again\n"); goto newestCommit }
  :: atomic {
       else -> checkRecord();
       require("I2: a follower goes back to an older version", asked >= seen);
       seen = asked
     }
  fi;
  goto idle;
acquireAt: /* any version, those included that are gone or not there yet */
  select(asked : 1 .. VERSIONS);
#ifndef FUTURE_ASKED
  if
  :: asked > word -> reached("reached: not published yet\n"); goto idle
  :: else
  fi;
#endif
  loadRecord();
  if
  :: atomic {
       isGone -> reached("reached: no longer kept\n");
       require("I3: a version of the history that the master keeps is gone", asked > newest || newest - asked >= HISTORY)
     }
  :: atomic { else -> checkRecord() }
  fi;
idle:
  atomic { asked = 0; first = 0; last = 0; newest = 0 };
  if
  :: goto newestCommit
  :: goto acquireAt
  :: skip
  fi
}
