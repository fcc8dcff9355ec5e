/* What the models share. A follower writes nothing (I11), so one that does all that a follower may do stands for any number of them. */

/* An invariant that must hold here. The runner reads the text from the replayed trail. */
#define require(text, holds) if :: !(holds) -> printf(text); assert(false) :: else fi

/* A place that the search of a right model has to come to; the runner looks for it among what was not reached. */
#define reached(text) printf(text)
