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
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "addon.h"

typedef struct {
  _Atomic uint32_t *word;
  uint32_t seen;
  /* 0 from a call on until JavaScript is ready for the next one. */
  _Atomic uint32_t armed;
  void *page;
  size_t page_bytes;
  pthread_t thread;
  napi_threadsafe_function call;
  _Atomic bool stopped;
  _Atomic bool ended;
  bool closed;
} Wait;

static const napi_type_tag WAIT_TAG = {0x6a736f6e6d6d6170, 0x77616974696e6701};

enum { STACK_BYTES = 64 * 1024, RETRY_NS = 10 * 1000 * 1000 };

static long futex(_Atomic uint32_t *word, int operation, uint32_t value) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

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
    uint32_t now = atomic_load(wait->word);
    if (atomic_load(&wait->armed) == 0) {
      futex(&wait->armed, FUTEX_WAIT_PRIVATE, 0);
    } else if (now != wait->seen) {
      wait->seen = now;
      atomic_store(&wait->armed, 0); /* before the call, which may arm it again */
      napi_call_threadsafe_function(wait->call, NULL, napi_tsfn_nonblocking);
    } else if (!is_expected(futex(wait->word, FUTEX_WAIT, now))) {
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
    futex(wait->word, FUTEX_WAKE, INT_MAX);
    arm(wait);
    sched_yield();
  }
  pthread_join(wait->thread, NULL);
  munmap(wait->page, wait->page_bytes);
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

/* Maps the page with the word at `offset`; false with errno set. */
static bool map_word(Wait *wait, int fd, uint64_t offset) {
  wait->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
  off_t start = (off_t)(offset / wait->page_bytes * wait->page_bytes);
  wait->page = mmap(NULL, wait->page_bytes, PROT_READ, MAP_SHARED, fd, start);
  if (wait->page == MAP_FAILED) return false;
  wait->word = (_Atomic uint32_t *)((uint8_t *)wait->page + (offset - (uint64_t)start));
  wait->seen = atomic_load(wait->word);
  /* A sandbox may forbid futexes between processes: with another value the call comes back at once, and says so. */
  if (is_expected(futex(wait->word, FUTEX_WAIT, ~wait->seen))) return true;
  int number = errno;
  munmap(wait->page, wait->page_bytes);
  errno = number;
  return false;
}

/* Starts the thread, which gets no signals; returns an errno. */
static int start_thread(Wait *wait) {
  pthread_attr_t attributes;
  sigset_t all, before;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int result = pthread_create(&wait->thread, &attributes, wait_for_stores, wait);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return result;
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
  if (!map_word(wait, (int)number[0], (uint64_t)number[1])) {
    int number_of_error = errno;
    free(wait);
    return fail(env, "futex", number_of_error);
  }
  napi_create_string_utf8(env, "jsonmmap.wait", NAPI_AUTO_LENGTH, &name);
  napi_create_object(env, &handle);
  if (napi_create_threadsafe_function(env, arguments[2], NULL, name, 1, 1, NULL, NULL, NULL, NULL, &wait->call) != napi_ok) {
    munmap(wait->page, wait->page_bytes);
    free(wait);
    return fail(env, "napi_create_threadsafe_function", EINVAL);
  }
  napi_unref_threadsafe_function(env, wait->call);
  int result = start_thread(wait);
  if (result != 0) {
    napi_release_threadsafe_function(wait->call, napi_tsfn_abort);
    munmap(wait->page, wait->page_bytes);
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

static int touch(int fd, int64_t at_ms) {
  struct timespec at = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};
  struct timespec times[2] = {at, at};
  return futimens(fd, times);
}

/* Whom to wake, and what has come of it. */
typedef struct {
  _Atomic uint32_t *word;
  int fd;
  int64_t at_ms;
  long woken;
  /* The call that has failed, if any has, and its errno. */
  const char *failed;
  int number;
  /* For a call of the thread pool. */
  /* Keeps the mapping. If it is unmapped all the same, the kernel says that there is no such word. */
  napi_ref wake;
  napi_ref done;
  napi_async_work work;
} Waking;

/* Wakes every process that waits for the word, then those that watch the file, unless `fd` is -1: also where the first call has failed. */
static void wake_all(Waking *waking) {
  waking->woken = futex(waking->word, FUTEX_WAKE, INT_MAX);
  if (waking->woken < 0) {
    waking->failed = "futex";
    waking->number = errno;
  }
  if (waking->fd != -1 && touch(waking->fd, waking->at_ms) < 0) {
    waking->failed = "futimens";
    waking->number = errno;
  }
}

static void wake_in_thread(napi_env env, void *data) {
  (void)env;
  wake_all(data);
}

static void end_waking(napi_env env, Waking *waking) {
  if (waking->work != NULL) napi_delete_async_work(env, waking->work);
  if (waking->wake != NULL) napi_delete_reference(env, waking->wake);
  if (waking->done != NULL) napi_delete_reference(env, waking->done);
  free(waking);
}

static void woken(napi_env env, napi_status status, void *data) {
  Waking *waking = data;
  napi_value done, receiver, answer[2];
  bool is_told = status == napi_ok && napi_get_reference_value(env, waking->done, &done) == napi_ok &&
                 napi_get_null(env, &receiver) == napi_ok && napi_get_null(env, &answer[0]) == napi_ok &&
                 napi_create_int64(env, waking->woken, &answer[1]) == napi_ok;
  if (is_told && waking->failed != NULL) {
    fail(env, waking->failed, waking->number);
    napi_get_and_clear_last_exception(env, &answer[0]);
  }
  end_waking(env, waking);
  if (is_told) napi_call_function(env, receiver, done, 2, answer, NULL);
}

/* Has a thread of the pool wake, and then calls `done` with null or an error, and the number; false where it cannot. */
static bool wake_in_pool(napi_env env, const Waking *what, napi_value wake, napi_value done) {
  napi_value name;
  Waking *waking = malloc(sizeof *waking);
  if (waking == NULL) return false;
  *waking = *what;
  if (napi_create_reference(env, wake, 1, &waking->wake) == napi_ok &&
      napi_create_reference(env, done, 1, &waking->done) == napi_ok &&
      napi_create_string_utf8(env, "jsonmmap.wake", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_async_work(env, NULL, name, wake_in_thread, woken, waking, &waking->work) == napi_ok &&
      napi_queue_async_work(env, waking->work) == napi_ok) {
    return true;
  }
  end_waking(env, waking);
  return false;
}

/*
 * The function that `waker` returns: (fd, ms), or (fd, ms, itself, done). Wakes every process that waits for the word, and returns their number. Then it sets the times of `fd`, unless that is
 * -1, which wakes those that watch the file. With `done`, a thread of the pool does that, and calls it with null or an error, and the number.
 */
static napi_value wake(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  size_t count = 4;
  int64_t number[2];
  void *data;
  napi_get_cb_info(env, info, &count, arguments, NULL, &data);
  if (!integers(env, arguments, 2, number)) return NULL;
  KeptRange *word = data;
  if (*word->closed) {
    napi_throw_range_error(env, "EINVAL", "the mapping is closed");
    return NULL;
  }
  Waking waking = {.word = (_Atomic uint32_t *)word->bytes, .fd = (int)number[0], .at_ms = number[1]};
  if (count == 4) {
    return wake_in_pool(env, &waking, arguments[2], arguments[3]) ? NULL : fail(env, "napi_create_async_work", EAGAIN);
  }
  wake_all(&waking);
  if (waking.failed != NULL) return fail(env, waking.failed, waking.number);
  napi_value woken;
  return napi_create_int64(env, waking.woken, &woken) == napi_ok ? woken : NULL;
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

void export_waits(napi_env env, napi_value exports) {
  export_function(env, exports, "wait", begin_wait);
  export_function(env, exports, "endWait", end_wait);
  export_function(env, exports, "armWait", arm_wait);
  export_function(env, exports, "refWait", ref_wait);
  export_function(env, exports, "waker", waker);
}
