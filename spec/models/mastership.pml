/*
 * Who may write: both kinds of locks, the claim, the fence, takeover, removal and re-creation, and a follower that attaches: lock.ts,
 * generation-lock.ts, ownership.ts, holders.ts, claimed-region.ts, recovery.ts, removal.ts, unlink.ts, reader.ts.
 *
 * ACTORS processes begin whenever they like. Each becomes a master, with the kernel's lock or without, publishes and closes; or removes the region,
 * with the kernel's lock or without. With FORCE a remover does not ask for anybody's consent. KILLS of them are killed between any two
 * steps; the kernel drops their locks, everything else stays. Three of them are too many for all of that at once: with LOCKS_ONLY all become
 * masters of a region that is there, with LOCK_FILE_ONLY one of them removes it, and all have the kernel's lock.
 *
 * A file is known by the process that created it, so a control file tells which region it is of, and a segment file too. One segment is enough: what
 * switches do is in segment.pml.
 */
#include "require.h"

#ifndef ACTORS
#define ACTORS 2
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define EARLIER (ACTORS + 1) /* a master that is dead before anybody begins */
#define LINKS 3      /* generations of the generation lock; who would need more gives up */
#define LOCK_FILES 3 /* the same for lock files that were made anew */

#define KERNEL 1
#define GENERATION 2
#define REMOVER 4

/* The directory: what stands at each path, 0 for nothing. */
byte control;
byte segment;
byte lockFile;
byte link[LINKS + 1];

/* The kernel's locks: who holds the one on each lock file and on each control file. */
byte lockFiles;
byte lockedBy[LOCK_FILES + 1];
byte shownBy[EARLIER + 1];

/* The contents of each control file. */
bool whole[EARLIER + 1];
bool removed[EARLIER + 1];
byte epoch[EARLIER + 1];
byte holder[EARLIER + 1];
byte holderKind[EARLIER + 1];
bool word[EARLIER + 1];     /* whether there is a version */

bool dead[EARLIER + 1];
bool forced[EARLIER + 1];   /* ghost: somebody removes this region by force */
byte master[EARLIER + 1];   /* ghost: who has claimed it and not closed */
bool killing[EARLIER + 1];

#define isAlive(process) ((process) != 0 && !dead[process])
#define livesAt(n) (link[n] != 0 && link[n] != me && !dead[link[n]])
#define deadAt(n) (link[n] != 0 && dead[link[n]])
#define anyLivingLink (livesAt(1) || livesAt(2) || livesAt(3))
#define deadLinks (deadAt(1) * 2 + deadAt(2) * 4 + deadAt(3) * 8)
#define has(set, n) ((set) & (1 << (n)))

/* A region that nobody has begun to remove: its files are its own. */
#define stands(region) ((region) != 0 && control == (region) && !removed[region])

inline unlinkLink(n) { link[n] = 0 }

/* Gives our link up, unless the path has been taken from us. */
inline dropLink() {
  if
  :: mine != 0 && link[mine] == me -> unlinkLink(mine)
  :: else
  fi;
  mine = 0
}

inline dropKernelLock() {
  atomic {
    if
    :: file != 0 -> lockedBy[file] = 0; file = 0
    :: else
    fi
  }
}

inline unlinkSegment() {
  d_step {
    require("I10: a file of a region that stands is unlinked",
      !stands(segment) || (segment == region && holder[region] == me && !word[region]));
    segment = 0
  }
}

inline unlinkControl() {
  d_step {
    require("I10: a control file is unlinked that is not marked", control == 0 || removed[control]);
    require("I10: a control file is unlinked before its segment", control == 0 || segment != control || forced[control]);
    control = 0
  }
}

/* Control.claim: nobody is named in between. */
inline claimAs(kind) {
  claim = epoch[region] + 1;
  holder[region] = 0; /* until takeover:half-claimed */
  holderKind[region] = kind;
  epoch[region] = claim;
  holder[region] = me
}

/* Control.release */
inline takeBackClaim() {
  if
  :: epoch[region] == claim && holder[region] == me -> holder[region] = 0 /* until close:released */
  :: else
  fi
}

/* HeldLock.release */
inline releaseLock() {
  dropLink();
  dropKernelLock()
}

/* HeldLock.discard */
inline discardLock() {
  if
  :: file != 0 -> lockFile = 0
  :: else
  fi;
  releaseLock()
}

/* holderBeside */
inline lookBeside() {
  atomic { named = holder[region]; kind = holderKind[region] };
  atomic {
    refused = (kernel && shownBy[region] != 0) || (isAlive(named) && !(kernel && kind != GENERATION));
    named = 0;
    kind = 0
  }
}

proctype Actor(byte me) {
  bool kernel, remover, force, refused, standing;
  byte file, mine, number, others, region, named, kind, claim;
  {
    atomic {
#ifdef LOCK_FILE_ONLY
      kernel = true;
      remover = (me == 1)
#else
      if
      :: kernel = true
      :: kernel = false
      fi;
      if
      :: remover = false
#ifndef LOCKS_ONLY
      :: remover = true
#endif
#ifdef FORCE
      :: remover = true; force = true
#endif
      fi
#endif
    };

#ifdef NO_LOCK
    goto taken;
#endif

    /* tryKernelLock */
openLock:
    if
    :: atomic { kernel && lockFile == 0 && lockFiles == LOCK_FILES -> goto over } /* out of bounds */
    :: atomic { kernel && lockFile == 0 && lockFiles < LOCK_FILES -> lockFiles++; lockFile = lockFiles; file = lockFile }
    :: atomic { kernel && lockFile != 0 -> file = lockFile }
    :: atomic { !kernel -> goto look }
    fi;
    if
    :: atomic { lockedBy[file] == 0 -> lockedBy[file] = me }
    :: atomic { lockedBy[file] != 0 -> file = 0; goto locked }
    fi;
#ifndef LOCK_FILE_NOT_LOOKED_AT
    if
    :: atomic { lockFile != file -> dropKernelLock(); reached("reached: locked a file that was unlinked\n"); goto openLock }
    :: atomic { lockFile == file }
    fi;
#endif
#ifdef NO_LINK_WITH_KERNEL_LOCK
    if
    :: atomic { kernel -> goto taken }
    :: else
    fi;
#endif

    /* tryGenerationLock */
look:
    atomic {
      if
      :: anyLivingLink || link[LINKS] != 0 -> dropKernelLock(); goto locked
      :: else
      fi;
      if
      :: link[2] != 0 -> number = 3
      :: link[2] == 0 && link[1] != 0 -> number = 2
      :: link[2] == 0 && link[1] == 0 -> number = 1
      fi
    };
    if
    :: atomic { link[number] != 0 -> number = 0; reached("reached: somebody was faster\n"); goto look }
    :: atomic { link[number] == 0 -> link[number] = me; mine = number; number = 0 }
    fi; /* until lock:linked */
#ifdef NO_SECOND_LOOK
    others = deadLinks;
#else
    if
    :: atomic { anyLivingLink -> reached("reached: another one came at the same time\n") };
       atomic { unlinkLink(mine); mine = 0; goto look }
    :: atomic { !anyLivingLink -> others = deadLinks }
    fi;
#endif
    do
    :: atomic { has(others, 1) -> unlinkLink(1); others = others - 2 }
    :: atomic { has(others, 2) -> unlinkLink(2); others = others - 4 }
    :: atomic { has(others, 3) -> unlinkLink(3); others = others - 8 }
    :: atomic { others == 0 -> break }
    od;
taken: /* lock:taken */
    if
    :: atomic { remover -> goto remove }
    :: else
    fi;

    /* openOrCreate */
open:
    atomic {
      region = control;
      require("I8: a control file is opened that is not complete", region == 0 || whole[region])
    };
    if
    :: atomic { region == 0 && whole[me] -> goto giveUp } /* out of bounds: it would be a second one of ours */
#ifdef NAME_BEFORE_CONTENT
    :: atomic { region == 0 && !whole[me] && control == 0 -> control = me }; whole[me] = true; region = me
#else
    :: atomic { region == 0 && !whole[me] && control == 0 -> whole[me] = true; control = me; region = me } /* link(2) */
#endif
    :: atomic { region == 0 && !whole[me] && control != 0 -> goto open }
    :: atomic { region != 0 && !removed[region] }
    :: region != 0 && removed[region] ->
       if
       :: atomic { isAlive(holder[region]) -> goto giveUp }
       :: atomic { !isAlive(holder[region]) -> reached("reached: finishes a removal\n") }
       fi;
       unlinkSegment();
       unlinkControl();
       goto open
    fi;

    /* claim */
    lookBeside();
    if
    :: atomic { refused -> goto giveUp }
    :: atomic { else }
    fi;
    atomic {
      if
      :: kernel -> shownBy[region] = me; kind = KERNEL
      :: kernel -> kind = KERNEL /* refused: a reader holds a lock there */
      :: !kernel -> kind = GENERATION
      fi
    };
#ifdef LINK_DROPPED_BEFORE_CLAIM
    if
    :: kernel -> dropLink()
    :: else
    fi;
#endif
    claimAs(kind);
    d_step {
      require("I7: two living masters", master[region] == 0 || dead[master[region]] || forced[region]);
      master[region] = me
    }; /* takeover:claimed */
    if
    :: kernel -> dropLink()
    :: else
    fi;

    /* recover */
    d_step { require("I10: a region that stands has lost its segment", !word[region] || segment == region || !stands(region)) };
    if
    :: !word[region] ->
       if
       :: segment != 0 -> unlinkSegment() /* until takeover:orphan */
       :: else
       fi;
       d_step {
         require("I10: a file of a region that stands is replaced", !stands(segment) || segment == region);
         segment = region /* segment:created */
       }
    :: else
    fi;

    /* publish, as long as the claim stands */
    do
    :: atomic { epoch[region] == claim -> standing = true };
       d_step {
         require("I7: somebody publishes whose claim does not stand", (epoch[region] == claim && holder[region] == me) || forced[region]);
         word[region] = true;
         standing = false
       } /* until publish:version */
    :: atomic { epoch[region] != claim -> break } /* ERR_FENCED */
    :: break
    od;

    /* close */
    master[region] = master[region] * (master[region] != me);
    takeBackClaim();
    atomic {
      if
      :: shownBy[region] == me -> shownBy[region] = 0
      :: else
      fi
    };
    releaseLock();
    goto over;

giveUp: /* ownership.ts */
    if
    :: control != 0 -> releaseLock()
    :: else -> discardLock()
    fi;
    goto over;

locked:
    if
    :: atomic { remover && force }
    :: atomic { else -> goto over }
    fi;

    /* remove */
remove:
    atomic { region = control };
    if
    :: atomic { region == 0 -> goto unlinkAll }
    :: else
    fi;
    if
    :: !force -> lookBeside()
    :: else
    fi;
    if
    :: atomic { refused -> goto notRemoved }
    :: atomic { else -> forced[region] = force }
    fi;
    claimAs(REMOVER);
#ifndef NOT_MARKED
    removed[region] = true; /* until removal:flagged */
#endif
unlinkAll:
#ifdef CONTROL_FIRST
    unlinkControl();
#endif
    unlinkSegment(); /* until removal:segment */
    number = 1;
    do
    :: atomic { number <= LINKS && number != mine -> unlinkLink(number); number++ }
    :: atomic { number <= LINKS && number == mine -> number++ }
    :: atomic { number > LINKS -> number = 0; break }
    od;
    if
    :: atomic { file == 0 -> lockFile = 0 }
    :: atomic { else }
    fi;
#ifndef CONTROL_FIRST
    unlinkControl(); /* until removal:control */
#endif
    discardLock(); /* until removal:unlocked */
    if
    :: region != 0 -> takeBackClaim()
    :: else
    fi;
    goto over;
notRemoved:
    releaseLock();
over: skip
  } unless {
    atomic {
      killing[me] ->
      killing[me] = false;
      dead[me] = true;
      for (number : 1 .. LOCK_FILES) { if :: lockedBy[number] == me -> lockedBy[number] = 0 :: else fi }
      for (number : 1 .. ACTORS) { if :: shownBy[number] == me -> shownBy[number] = 0 :: else fi }
      kernel = false; remover = false; force = false; refused = false; standing = false;
      file = 0; mine = 0; number = 0; others = 0; region = 0; named = 0; kind = 0; claim = 0
    }
  }
}

active proctype Killer() {
  byte kills, whom;
  do
  :: atomic { kills < KILLS -> kills++; select(whom : 1 .. ACTORS); killing[whom] = true; whom = 0 }
  :: atomic { true -> break }
  od
}

#ifndef NO_FOLLOWER
/* RegionReader: attaches to what stands at the path, and looks for the segment of its version. */
active proctype Follower() {
  byte region;
  do
  :: d_step {
       region = control;
       require("I8: a control file is opened that is not complete", region == 0 || whole[region])
     };
     if
     :: atomic { region == 0 || removed[region] || !word[region] -> goto again }
     :: else
     fi;
     if
     :: atomic { segment == region -> goto again }
     :: else
     fi;
     if
     :: atomic { removed[region] -> goto again }
     :: else
     fi;
     d_step { require("I10: a region that is being removed looks damaged", control != region) };
again:
     region = 0
  :: break
  od
}
#endif

/* The directory is empty, or a dead master has left a region; of its own lock, a link is what stays. */
init {
  byte actor;
  atomic {
    dead[EARLIER] = true;
    if
#ifndef LOCKS_ONLY
    :: true
#endif
    :: control = EARLIER;
       segment = EARLIER;
       whole[EARLIER] = true;
       word[EARLIER] = true;
       holder[EARLIER] = EARLIER;
       epoch[EARLIER] = 1;
       if
       :: holderKind[EARLIER] = KERNEL
       :: holderKind[EARLIER] = GENERATION; link[1] = EARLIER
       fi
    fi;
    for (actor : 1 .. ACTORS) { run Actor(actor) }
    actor = 0
  }
}
