/*
 * What the machine itself needs: the least that any library can be measured against.
 *
 *   limit PAGES TEXT    prints one JSON object of nanoseconds
 *
 * PAGES is a file whose pages are read where they lie, TEXT one that is copied whole. Waking is one way: from before the call of one process to
 * after the wait of another one, which was asleep.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOT_LOADS = 100000000, RANDOM_LOADS = 3000000, COPIES = 7, WAKES = 1000, PAUSE_US = 1000 };

/* What the two processes of a wake-up share. */
struct shared {
  _Atomic uint32_t bell;
  int64_t latencies[WAKES];
};

/* One way of waking: `wait` returns when the other process has called `ring` for the i-th time. */
struct way {
  const char *name;
  void (*ring)(struct shared *, int64_t stamp);
  int64_t (*wait)(struct shared *);
};

static int stamps[2], answers[2], watch;
static int64_t *stamp_place;
static const char *rung_path;

static void check(int succeeded, const char *what) {
  if (succeeded) return;
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

static int64_t median(int64_t *samples, size_t count) {
  qsort(samples, count, sizeof *samples, ascending);
  return samples[count / 2];
}

static const uint8_t *map_file(const char *path, size_t *size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  check(file >= 0, path);
  struct stat status;
  check(fstat(file, &status) == 0, path);
  void *pages = mmap(NULL, *size = status.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  check(pages != MAP_FAILED, path);
  close(file);
  return pages;
}

/* The same word again and again: what a check for news costs at least. */
static double hot_load(const uint8_t *pages) {
  const volatile uint64_t *word = (const volatile uint64_t *)pages;
  uint64_t sum = 0;
  int64_t started = now();
  for (int i = 0; i < HOT_LOADS; i++) sum += *word;
  double each = (double)(now() - started) / HOT_LOADS;
  return sum == 1 ? -each : each;
}

/* Words anywhere, the place of each known only when the one before has come: one cache miss after another. */
static double random_load(const uint8_t *pages, size_t size) {
  const volatile uint64_t *words = (const volatile uint64_t *)pages;
  uint64_t count = size / 8, at = 88172645463325252u;
  int64_t started = now();
  for (int i = 0; i < RANDOM_LOADS; i++) {
    at ^= words[at % count];
    at = at * 6364136223846793005u + 1442695040888963407u;
    at ^= at >> 29;
  }
  double each = (double)(now() - started) / RANDOM_LOADS;
  return at == 1 ? -each : each;
}

static int64_t copy(const uint8_t *text, size_t size) {
  uint8_t *target = malloc(size);
  check(target != NULL, "malloc");
  memset(target, 1, size);
  int64_t samples[COPIES];
  for (int i = 0; i < COPIES; i++) {
    int64_t started = now();
    memcpy(target, text, size);
    __asm__ volatile("" : : "r"(target) : "memory");
    samples[i] = now() - started;
  }
  free(target);
  return median(samples, COPIES);
}

static void ring_futex(struct shared *shared, int64_t stamp) {
  *stamp_place = stamp;
  atomic_fetch_add(&shared->bell, 1);
  check(syscall(SYS_futex, &shared->bell, FUTEX_WAKE, 1, NULL, NULL, 0) >= 0, "futex wake");
}

static int64_t wait_futex(struct shared *shared) {
  static uint32_t heard;
  while (atomic_load(&shared->bell) == heard) syscall(SYS_futex, &shared->bell, FUTEX_WAIT, heard, NULL, NULL, 0);
  heard++;
  return *stamp_place;
}

static void ring_pipe(struct shared *shared, int64_t stamp) {
  (void)shared;
  check(write(stamps[1], &stamp, sizeof stamp) == sizeof stamp, "write to the pipe");
}

static int64_t wait_pipe(struct shared *shared) {
  (void)shared;
  int64_t stamp;
  check(read(stamps[0], &stamp, sizeof stamp) == sizeof stamp, "read from the pipe");
  return stamp;
}

static void ring_inotify(struct shared *shared, int64_t stamp) {
  (void)shared;
  *stamp_place = stamp;
  check(utimensat(AT_FDCWD, rung_path, NULL, 0) == 0, "utimensat");
}

static int64_t wait_inotify(struct shared *shared) {
  (void)shared;
  char event[4096];
  check(read(watch, event, sizeof event) > 0, "read from inotify");
  return *stamp_place;
}

/* The follower answers each ring, so that the next one finds it asleep again. */
static int64_t wake(const struct way *way, struct shared *shared) {
  check(pipe(stamps) == 0 && pipe(answers) == 0, "pipe");
  atomic_store(&shared->bell, 0);
  pid_t child = fork();
  check(child >= 0, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < WAKES; i++) {
      int64_t stamp = way->wait(shared);
      shared->latencies[i] = now() - stamp;
      check(write(answers[1], "", 1) == 1, "answer");
    }
    _exit(0);
  }
  for (int i = 0; i < WAKES; i++) {
    char answer;
    usleep(PAUSE_US);
    way->ring(shared, now());
    check(read(answers[0], &answer, 1) == 1, "read the answer");
  }
  check(waitpid(child, NULL, 0) == child, "waitpid");
  for (int i = 0; i < 2; i++) close(stamps[i]), close(answers[i]);
  return median(shared->latencies, WAKES);
}

int main(int count, char **arguments) {
  if (count != 3) return fprintf(stderr, "usage: limit PAGES TEXT\n"), 2;
  size_t pages_size, text_size;
  const uint8_t *pages = map_file(arguments[1], &pages_size), *text = map_file(arguments[2], &text_size);
  struct shared *shared = mmap(NULL, sizeof *shared + sizeof *stamp_place, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  check(shared != MAP_FAILED, "mmap");
  stamp_place = (int64_t *)(shared + 1);
  rung_path = arguments[2];
  watch = inotify_init1(IN_CLOEXEC);
  check(watch >= 0 && inotify_add_watch(watch, rung_path, IN_ATTRIB) >= 0, "inotify");

  const struct way ways[] = {
      {"futexNs", ring_futex, wait_futex}, {"pipeNs", ring_pipe, wait_pipe}, {"inotifyNs", ring_inotify, wait_inotify}};
  printf("{\"hotNs\":%.3f,\"randomNs\":%.3f,\"copyNs\":%lld", hot_load(pages), random_load(pages, pages_size),
         (long long)copy(text, text_size));
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) printf(",\"%s\":%lld", ways[i].name, (long long)wake(&ways[i], shared));
  printf("}\n");
  return 0;
}
