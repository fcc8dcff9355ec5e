/*
 * Waiting for a word of a file that another process stores: futexes, which work between processes that map the same file, and need no more than a
 * read-only mapping. A wait is a thread that sleeps in FUTEX_WAIT and a function that it calls on the thread of JavaScript.
 *
 * - The word is loaded before `wait` returns, so a store after that is never missed: FUTEX_WAIT compares it again in the kernel.
 * - The thread has a mapping of its own, so nothing that JavaScript unmaps is under its feet.
 * - `endWait` stops the thread before it returns. The thread may be about to sleep when it is told, so it is woken until it has answered. Waits of
 *   other processes for the same word wake too, find the word unchanged and sleep again.
 * - After a call the thread waits for `armWait`, however often the word changes. Otherwise a fast master could keep the queue of calls from ever being empty,
 *   and the event loop from turning.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "addon.h"
#include "futex.h"

typedef struct {
  MappedWord mapped;
  uint32_t seen;
  /* 0 from a call on until JavaScript is ready for the next one. */
  _Atomic uint32_t armed;
  pthread_t thread;
  napi_threadsafe_function call;
  _Atomic bool stopped;
  _Atomic bool ended;
  bool closed;
} Wait;

static const napi_type_tag WAIT_TAG = {0x6a736f6e6d6d6170, 0x77616974696e6701};

enum { RETRY_NS = 10 * 1000 * 1000 };

static void arm(Wait *wait) {
  atomic_store(&wait->armed, 1);
  futex(&wait->armed, FUTEX_WAKE_PRIVATE, 1);
}

/* Whether FUTEX_WAIT came back for a reason that is none to worry about. */
static bool is_expected(long result) { return result == 0 || errno == EAGAIN || errno == EINTR; }

static void *wait_for_stores(void *data) {
  Wait *wait = data;
  prctl(PR_SET_NAME, "jsonmmap wait"); /* src/region/followers.ts finds followers that wait by it */
  while (!atomic_load(&wait->stopped)) {
    uint32_t now = atomic_load(wait->mapped.word);
    if (atomic_load(&wait->armed) == 0) {
      futex(&wait->armed, FUTEX_WAIT_PRIVATE, 0);
    } else if (now != wait->seen) {
      wait->seen = now;
      atomic_store(&wait->armed, 0); /* before the call, which may arm it again */
      napi_call_threadsafe_function(wait->call, NULL, napi_tsfn_nonblocking);
    } else if (!is_expected(futex(wait->mapped.word, FUTEX_WAIT, now))) {
      struct timespec pause = {.tv_nsec = RETRY_NS};
      nanosleep(&pause, NULL);
    }
  }
  atomic_store(&wait->ended, true);
  return NULL;
}

/* Ends thread and mapping, once. What JavaScript has not been called for yet is dropped. */
static void end(Wait *wait) {
  if (wait->closed) return;
  wait->closed = true;
  atomic_store(&wait->stopped, true);
  while (!atomic_load(&wait->ended)) {
    futex(wait->mapped.word, FUTEX_WAKE, INT_MAX);
    arm(wait);
    sched_yield();
  }
  pthread_join(wait->thread, NULL);
  unmap_word(&wait->mapped);
  napi_release_threadsafe_function(wait->call, napi_tsfn_abort);
}

/* The environment ends with the wait still there: a worker that was terminated, or the process. */
static void end_with_environment(void *data) { end(data); }

static void collected(napi_env env, void *data, void *hint) {
  (void)hint;
  Wait *wait = data;
  if (!wait->closed) napi_remove_env_cleanup_hook(env, end_with_environment, wait);
  end(wait);
  free(wait);
}

static Wait *wait_of(napi_env env, napi_value handle) {
  bool tagged = false;
  void *wait = NULL;
  if (napi_check_object_type_tag(env, handle, &WAIT_TAG, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, handle, &wait) != napi_ok) {
    napi_throw_type_error(env, "EINVAL", "a wait was expected");
    return NULL;
  }
  return wait;
}

/* Maps the word; false with errno set. */
static bool begin(Wait *wait, int fd, uint64_t offset) {
  if (!map_word(fd, offset, &wait->mapped)) return false;
  wait->seen = atomic_load(wait->mapped.word);
  /* A sandbox may forbid futexes between processes: with another value the call comes back at once, and says so. */
  if (is_expected(futex(wait->mapped.word, FUTEX_WAIT, ~wait->seen))) return true;
  int number = errno;
  unmap_word(&wait->mapped);
  errno = number;
  return false;
}

/*
 * wait(fd, offset, call): a handle. Calls `call` after stores to the 32-bit word at `offset` that `wake` announced, and then not again before `armWait`. Keeps no
 * process alive.
 */
static napi_value begin_wait(napi_env env, napi_callback_info info) {
  napi_value arguments[3], handle, name;
  int64_t number[2];
  if (!arguments_of(env, info, 3, arguments) || !integers(env, arguments, 2, number)) return NULL;
  Wait *wait = calloc(1, sizeof *wait);
  if (wait == NULL) return fail(env, "calloc", ENOMEM);
  wait->armed = 1;
  if (!begin(wait, (int)number[0], (uint64_t)number[1])) {
    int number_of_error = errno;
    free(wait);
    return fail(env, "futex", number_of_error);
  }
  napi_create_string_utf8(env, "jsonmmap.wait", NAPI_AUTO_LENGTH, &name);
  napi_create_object(env, &handle);
  if (napi_create_threadsafe_function(env, arguments[2], NULL, name, 1, 1, NULL, NULL, NULL, NULL, &wait->call) != napi_ok) {
    unmap_word(&wait->mapped);
    free(wait);
    return fail(env, "napi_create_threadsafe_function", EINVAL);
  }
  napi_unref_threadsafe_function(env, wait->call);
  int result = start_thread(&wait->thread, wait_for_stores, wait);
  if (result != 0) {
    napi_release_threadsafe_function(wait->call, napi_tsfn_abort);
    unmap_word(&wait->mapped);
    free(wait);
    return fail(env, "pthread_create", result);
  }
  napi_add_env_cleanup_hook(env, end_with_environment, wait);
  napi_wrap(env, handle, wait, collected, NULL, NULL);
  napi_type_tag_object(env, handle, &WAIT_TAG);
  return handle;
}

/* endWait(handle): nothing is called any more. Again is a no-op. */
static napi_value end_wait(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  if (!arguments_of(env, info, 1, arguments)) return NULL;
  Wait *wait = wait_of(env, arguments[0]);
  if (wait == NULL || wait->closed) return NULL;
  napi_remove_env_cleanup_hook(env, end_with_environment, wait);
  end(wait);
  return NULL;
}

/* armWait(handle): the next store is told again, also one since the last call. */
static napi_value arm_wait(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  if (!arguments_of(env, info, 1, arguments)) return NULL;
  Wait *wait = wait_of(env, arguments[0]);
  if (wait != NULL && !wait->closed) arm(wait);
  return NULL;
}

/* refWait(handle, referenced): whether the wait keeps the process alive. */
static napi_value ref_wait(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  bool referenced = false;
  if (!arguments_of(env, info, 2, arguments)) return NULL;
  Wait *wait = wait_of(env, arguments[0]);
  if (wait == NULL || wait->closed || napi_get_value_bool(env, arguments[1], &referenced) != napi_ok) return NULL;
  if (referenced) napi_ref_threadsafe_function(env, wait->call);
  else napi_unref_threadsafe_function(env, wait->call);
  return NULL;
}

void export_waits(napi_env env, napi_value exports) {
  export_function(env, exports, "wait", begin_wait);
  export_function(env, exports, "endWait", end_wait);
  export_function(env, exports, "armWait", arm_wait);
  export_function(env, exports, "refWait", ref_wait);
}
