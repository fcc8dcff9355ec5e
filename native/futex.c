/* See futex.h. */
#define _GNU_SOURCE
#include "futex.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024 };

bool map_word(int fd, uint64_t offset, MappedWord *out) {
  out->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
  uint64_t start = offset / out->page_bytes * out->page_bytes;
  out->page = mmap(NULL, out->page_bytes, PROT_READ, MAP_SHARED, fd, (off_t)start);
  if (out->page == MAP_FAILED) return false;
  out->word = (_Atomic uint32_t *)((uint8_t *)out->page + (offset - start));
  return true;
}

void unmap_word(const MappedWord *mapped) { munmap(mapped->page, mapped->page_bytes); }

long futex(_Atomic uint32_t *word, int operation, uint32_t value) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

int start_thread(pthread_t *thread, void *(*run)(void *), void *data) {
  pthread_attr_t attributes;
  sigset_t all, before;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int result = pthread_create(thread, &attributes, run, data);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return result;
}
