/*
 * Waking the processes that wait for a word of a file, or watch the file: on the thread of JavaScript, or on one that is there for nothing else.
 *
 * The kernel wakes them one by one within the call, and where processors are few, the processes that were woken run before it returns. What that costs
 * the calling thread is known only afterwards: it says so, and its owner has a thread of its own make the next announcements, until they are cheap again.
 * It yields before, so that a thread that asks for an announcement and goes on is not behind all that are woken.
 *
 * - The thread is told by a word of its own, `state`. What it is told while it is busy is one more announcement, of the newest time.
 * - It has a mapping and a descriptor of its own, so nothing that JavaScript closes is under its feet.
 * - `endWaking` makes what is due, and stops the thread before it returns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "addon.h"
#include "futex.h"

/* An announcement takes a microsecond where nobody waits or watches, and some ten to hundred for each that is woken. */
enum { CHEAP_NS = 500 * 1000 };

/* What has come of an announcement. */
typedef struct {
  /* False where it has failed: then the next one is made on the thread of JavaScript, which can tell. */
  bool costly;
  /* The call that has failed, if any has, and its errno. */
  const char *failed;
  int number;
} Outcome;

static int touch(int fd, int64_t at_ms) {
  struct timespec at = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};
  struct timespec times[2] = {at, at};
  return futimens(fd, times);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Wakes every process that waits for the word, then those that watch the file, unless `fd` is -1: also where the first call has failed. */
static Outcome announce(_Atomic uint32_t *word, int fd, int64_t at_ms) {
  Outcome outcome = {0};
  int64_t started = now_ns();
  long woken = futex(word, FUTEX_WAKE, INT_MAX);
  if (woken < 0) {
    outcome.failed = "futex";
    outcome.number = errno;
  }
  if (fd != -1 && touch(fd, at_ms) < 0) {
    outcome.failed = "futimens";
    outcome.number = errno;
  }
  outcome.costly = outcome.failed == NULL && (woken > 0 || now_ns() - started > CHEAP_NS);
  return outcome;
}

/*
 * The function that `waker` returns: (fd, ms). Wakes every process that waits for the word, then sets the times of `fd`, unless that is -1, which wakes
 * those that watch the file. Returns whether that was costly.
 */
static napi_value wake(napi_env env, napi_callback_info info) {
  napi_value arguments[2], costly;
  size_t count = 2;
  int64_t number[2];
  void *data;
  napi_get_cb_info(env, info, &count, arguments, NULL, &data);
  if (!integers(env, arguments, 2, number)) return NULL;
  KeptRange *word = data;
  if (*word->closed) {
    napi_throw_range_error(env, "EINVAL", "the mapping is closed");
    return NULL;
  }
  Outcome outcome = announce((_Atomic uint32_t *)word->bytes, (int)number[0], number[1]);
  if (outcome.failed != NULL) return fail(env, outcome.failed, outcome.number);
  return napi_get_boolean(env, outcome.costly, &costly) == napi_ok ? costly : NULL;
}

static void free_range(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  free(data);
}

/*
 * waker(handle of a mapping, offset, length): a function that wakes those who wait for the word at `offset`; `length` is 4. It knows its word, so that a call
 * takes little more than the system calls, and keeps the handle alive.
 */
static napi_value waker(napi_env env, napi_callback_info info) {
  napi_value arguments[3], function;
  if (!arguments_of(env, info, 3, arguments)) return NULL;
  KeptRange *word = malloc(sizeof *word);
  if (word == NULL) return fail(env, "malloc", ENOMEM);
  if (!keep_range(env, arguments, word)) {
    free(word);
    return NULL;
  }
  if (napi_create_function(env, "wake", NAPI_AUTO_LENGTH, wake, word, &function) != napi_ok ||
      napi_set_named_property(env, function, "mapping", arguments[0]) != napi_ok ||
      napi_wrap(env, function, word, free_range, NULL, NULL) != napi_ok) {
    free(word);
    return fail(env, "napi_create_function", EINVAL);
  }
  return function;
}

/* Bits of the state of a waking thread. */
enum { DUE = 1, RUNNING = 2, COSTLY = 4, STOPPED = 8 };

/* A thread that makes the announcements of one word. */
typedef struct {
  MappedWord mapped;
  int fd;
  _Atomic int64_t at_ms;
  _Atomic uint32_t state;
  pthread_t thread;
  bool closed;
} Waking;

static const napi_type_tag WAKING_TAG = {0x6a736f6e6d6d6170, 0x77616b696e676701};

static void *announce_when_due(void *data) {
  Waking *waking = data;
  prctl(PR_SET_NAME, "jsonmmap wake");
  for (;;) {
    uint32_t state = atomic_load(&waking->state);
    if (state & DUE) {
      sched_yield(); /* whoever asks goes on first, where both share a processor */
      /* RUNNING goes in first: the thread is never between announcements that it knows of and idle. */
      atomic_fetch_or(&waking->state, RUNNING);
      atomic_fetch_and(&waking->state, ~(uint32_t)DUE);
      Outcome outcome = announce(waking->mapped.word, waking->fd, atomic_load(&waking->at_ms));
      if (outcome.costly) atomic_fetch_or(&waking->state, COSTLY);
      else atomic_fetch_and(&waking->state, ~(uint32_t)COSTLY);
      atomic_fetch_and(&waking->state, ~(uint32_t)RUNNING);
    } else if (state & STOPPED) {
      return NULL;
    } else {
      futex(&waking->state, FUTEX_WAIT_PRIVATE, state);
    }
  }
}

static void tell(Waking *waking, uint32_t bit) {
  atomic_fetch_or(&waking->state, bit);
  futex(&waking->state, FUTEX_WAKE_PRIVATE, 1);
}

/* Ends the thread when it has made what is due, once. */
static void end(Waking *waking) {
  if (waking->closed) return;
  waking->closed = true;
  tell(waking, STOPPED);
  pthread_join(waking->thread, NULL);
  unmap_word(&waking->mapped);
  close(waking->fd);
}

/* The environment ends with the thread still there: a worker that was terminated, or the process. */
static void end_with_environment(void *data) { end(data); }

static void collected(napi_env env, void *data, void *hint) {
  (void)hint;
  Waking *waking = data;
  if (!waking->closed) napi_remove_env_cleanup_hook(env, end_with_environment, waking);
  end(waking);
  free(waking);
}

static Waking *waking_of(napi_env env, napi_value handle) {
  bool tagged = false;
  void *waking = NULL;
  if (napi_check_object_type_tag(env, handle, &WAKING_TAG, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, handle, &waking) != napi_ok) {
    napi_throw_type_error(env, "EINVAL", "a waking thread was expected");
    return NULL;
  }
  return waking;
}

/* Takes hold of what the thread needs; the name of the call that has failed, with errno set, or NULL. */
static const char *begin(Waking *waking, int fd, uint64_t offset) {
  waking->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (waking->fd < 0) return "fcntl";
  const char *failed = "mmap";
  if (map_word(fd, offset, &waking->mapped)) {
    int number = start_thread(&waking->thread, announce_when_due, waking);
    if (number == 0) return NULL;
    unmap_word(&waking->mapped);
    errno = number;
    failed = "pthread_create";
  }
  int number = errno;
  close(waking->fd);
  errno = number;
  return failed;
}

/* startWaking(fd, offset): a handle of a thread that announces changes of the 32-bit word at `offset` of the file. It keeps no process alive. */
static napi_value start_waking(napi_env env, napi_callback_info info) {
  napi_value arguments[2], handle;
  int64_t number[2];
  if (!arguments_of(env, info, 2, arguments) || !integers(env, arguments, 2, number)) return NULL;
  Waking *waking = calloc(1, sizeof *waking);
  if (waking == NULL) return fail(env, "calloc", ENOMEM);
  const char *failed = begin(waking, (int)number[0], (uint64_t)number[1]);
  if (failed != NULL) {
    int number_of_error = errno;
    free(waking);
    return fail(env, failed, number_of_error);
  }
  napi_create_object(env, &handle);
  napi_add_env_cleanup_hook(env, end_with_environment, waking);
  napi_wrap(env, handle, waking, collected, NULL, NULL);
  napi_type_tag_object(env, handle, &WAKING_TAG);
  return handle;
}

/*
 * wakeSoon(handle, ms, costly): has the thread announce, and returns true. False, and nothing is done, if it is idle and its last announcement was cheap,
 * unless the caller has found one costly since.
 */
static napi_value wake_soon(napi_env env, napi_callback_info info) {
  napi_value arguments[3], taken;
  int64_t at_ms;
  bool costly = false;
  if (!arguments_of(env, info, 3, arguments) || !integers(env, arguments + 1, 1, &at_ms)) return NULL;
  napi_get_value_bool(env, arguments[2], &costly);
  Waking *waking = waking_of(env, arguments[0]);
  if (waking == NULL) return NULL;
  bool takes = !waking->closed && (costly || (atomic_load(&waking->state) & (DUE | RUNNING | COSTLY)) != 0);
  if (takes) {
    atomic_store(&waking->at_ms, at_ms);
    tell(waking, DUE);
  }
  return napi_get_boolean(env, takes, &taken) == napi_ok ? taken : NULL;
}

/* endWaking(handle): the thread is gone. Again is a no-op. */
static napi_value end_waking(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  if (!arguments_of(env, info, 1, arguments)) return NULL;
  Waking *waking = waking_of(env, arguments[0]);
  if (waking == NULL || waking->closed) return NULL;
  napi_remove_env_cleanup_hook(env, end_with_environment, waking);
  end(waking);
  return NULL;
}

void export_wakes(napi_env env, napi_value exports) {
  export_function(env, exports, "waker", waker);
  export_function(env, exports, "startWaking", start_waking);
  export_function(env, exports, "wakeSoon", wake_soon);
  export_function(env, exports, "endWaking", end_waking);
}
