/*
 * Publish and acquire over a memory that reorders: ring.ts, memory.ts, "Memory ordering" of PROTOCOL.md.
 *
 * The master's stores go through a buffer without bound and leave it in any order that the machine allows; the follower's loads are satisfied
 * in any order that it allows. No decision of the master depends on a load, so all of its stores are in the buffer from the start, and
 * a run is an order in which they leave it.
 *
 *   store-release (stlr)   leaves after every store before it; stores after it may overtake it
 *   load-acquire (ldar)    is satisfied before every load after it; loads before it may be satisfied later
 *   plain store or load    neither; but accesses of one address keep their order
 *
 * What a load is addressed by does not order it either: the follower guesses the version that it will find, as a compiler or a
 * predictor may, and a run in which the word turns out to say something else ends there.
 *
 * With TSO everything is plain, stores leave in order and loads are satisfied in order: x86-64 needs no more than that.
 */
#include "require.h"

#define CAPACITY 2 /* the least that has a collision: the record of version 3 overwrites that of version 1 */
#define VERSIONS 3

/* The program of the master: for each version its nodes, two pieces of its record, the word; at last it tells the follower by other means. */
#define NODES 0
#define HEAD 1
#define TAIL 2
#define WORD 3
#define STORES 4
#define TOLD (VERSIONS * STORES)

#define versionOf(store) ((store) / STORES + 1)
#define partOf(store) ((store) % STORES)
#define slot(version) ((version) % CAPACITY)
#define bit(n) (1 << (n))

#if defined(TSO)
#define isRelease(store) true
#elif defined(PLAIN_RECORD_STORES) /* against M2 */
#define isRelease(store) ((store) == TOLD || partOf(store) == WORD)
#elif defined(PLAIN_WORD_STORE) /* against M1 */
#define isRelease(store) ((store) == TOLD || partOf(store) == HEAD || partOf(store) == TAIL)
#else
#define isRelease(store) ((store) == TOLD || partOf(store) != NODES)
#endif

/* The stores before this one that go to the same address, nodes apart, each of which has an address of its own. */
#define isSameAddress(store, other) (partOf(store) == partOf(other) && partOf(store) != NODES && \
  (partOf(store) == WORD || slot(versionOf(store)) == slot(versionOf(other))))

/* The loads of an acquire, in the order of its program. */
#define WORD_FIRST 0
#define RECORD_HEAD 1
#define RECORD_TAIL 2
#define WORD_AGAIN 3
#define TREE 4
#define LOADS 5

#if defined(TSO)
#define ACQUIRES (bit(WORD_FIRST) | bit(RECORD_HEAD) | bit(RECORD_TAIL) | bit(WORD_AGAIN) | bit(TREE))
#elif defined(PLAIN_WORD_LOAD) /* against M3: the hot load taken for an acquire */
#define ACQUIRES (bit(RECORD_HEAD) | bit(RECORD_TAIL) | bit(WORD_AGAIN))
#elif defined(PLAIN_RECORD_LOADS) /* against M4 */
#define ACQUIRES (bit(WORD_FIRST) | bit(WORD_AGAIN))
#else
#define ACQUIRES (bit(WORD_FIRST) | bit(RECORD_HEAD) | bit(RECORD_TAIL) | bit(WORD_AGAIN))
#endif

#ifdef PLAIN_TOLD /* no system call between being told and looking */
#define TOLD_ACQUIRES 0
#else
#define TOLD_ACQUIRES 1
#endif

#define before(load) (bit(load) - 1)
#define maySatisfy(load) (!(loaded & bit(load)) && !(ACQUIRES & before(load) & ~loaded))

byte word;
byte nodes[VERSIONS + 1]; /* what each version added to the tree */
byte head[CAPACITY];
byte tail[CAPACITY];
bool told;
short after[TOLD + 1];

/* Which stores have to leave the buffer before each other one. */
inline order() {
  for (store : 0 .. TOLD) {
    for (earlier : 0 .. TOLD) {
      if
      :: earlier < store && (isRelease(store) || isSameAddress(store, earlier)) -> after[store] = after[store] | bit(earlier)
      :: else
      fi
    }
  }
  store = 0;
  earlier = 0
}

inline leave(store) {
  left = left | bit(store);
  if
  :: store == TOLD -> told = true
  :: store != TOLD && partOf(store) == NODES -> nodes[versionOf(store)] = versionOf(store)
  :: store != TOLD && partOf(store) == HEAD -> head[slot(versionOf(store))] = versionOf(store)
  :: store != TOLD && partOf(store) == TAIL -> tail[slot(versionOf(store))] = versionOf(store)
  :: store != TOLD && partOf(store) == WORD -> word = versionOf(store)
  fi
}

active proctype StoreBuffer() {
  short left; /* one bit for each store that has left */
  byte store, earlier;
  d_step { order() }
  do
  :: atomic {
       left != bit(TOLD + 1) - 1 ->
       select(store : 0 .. TOLD);
       if
       :: d_step { !(left & bit(store)) && !(after[store] & ~left) -> leave(store); store = 0 }
       :: else -> store = 0 /* has left already, or may not yet */
       fi
     }
  :: atomic { left == bit(TOLD + 1) - 1 -> break }
  od
}

/* newestCommit, and one look at the tree that it names. */
active proctype Follower() {
  byte asked, first, last, newest, tree, loaded, seen;
acquire:
  atomic {
    select(asked : 1 .. VERSIONS);
    loaded = 0; first = 0; last = 0; newest = 0; tree = 0
  }
  do
  :: atomic { maySatisfy(WORD_FIRST) && word == asked -> loaded = loaded | bit(WORD_FIRST) }
  :: atomic { maySatisfy(RECORD_HEAD) -> first = head[slot(asked)]; loaded = loaded | bit(RECORD_HEAD) }
  :: atomic { maySatisfy(RECORD_TAIL) -> last = tail[slot(asked)]; loaded = loaded | bit(RECORD_TAIL) }
  :: atomic { /* of the same address as the first */
       maySatisfy(WORD_AGAIN) && (loaded & bit(WORD_FIRST)) -> newest = word; loaded = loaded | bit(WORD_AGAIN)
     }
  :: atomic { maySatisfy(TREE) -> tree = nodes[asked]; loaded = loaded | bit(TREE) }
  :: atomic { loaded == bit(LOADS) - 1 -> break }
  :: word > asked && !(loaded & bit(WORD_FIRST)) -> goto over /* the guess was wrong */
  od;
  if
  :: atomic { newest - asked >= CAPACITY - 1 -> reached("reached: overtaken, starts again\n"); goto acquire }
  :: atomic { else ->
       require("I3: a torn record is taken for a commit", first == asked && last == asked);
       require("I4: a commit is seen before its nodes", tree == asked);
       require("I2: a follower goes back to an older version", asked >= seen);
       seen = asked
     }
  fi;
hot: /* a plain load, served as late as one likes: any version that the word has had, even one before `seen` */
  atomic {
    select(newest : 0 .. word);
    if
    :: newest == seen -> reached("reached: unchanged, what it has is the answer\n"); goto over
    :: newest != seen -> goto acquire
    fi
  }
over: skip
}

/* A follower that a message from the master told of the last version: its next hot check finds it. */
active proctype ToldFollower() {
  bool heard;
  byte found, loaded;
  do
  :: atomic { !(loaded & bit(0)) -> heard = told; loaded = loaded | bit(0) }
  :: atomic { !(loaded & bit(1)) && (!TOLD_ACQUIRES || (loaded & bit(0))) -> found = word; loaded = loaded | bit(1) }
  :: atomic { loaded == 3 -> break }
  od;
  atomic {
    require("I2: a version that was told of is not found", !heard || found == VERSIONS)
    if
    :: heard -> reached("reached: told, and it is there\n")
    :: else
    fi
  }
}
