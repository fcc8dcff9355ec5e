/* What waiting and waking have in common: a word of a file, and threads that know no JavaScript. */
#ifndef JSONMMAP_FUTEX_H
#define JSONMMAP_FUTEX_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A 32-bit word of a file, in a read-only mapping of its page. */
typedef struct {
  _Atomic uint32_t *word;
  void *page;
  size_t page_bytes;
} MappedWord;

/* Maps the word at `offset` of the file; false with errno set. */
bool map_word(int fd, uint64_t offset, MappedWord *out);
void unmap_word(const MappedWord *mapped);

/* futex(2) without a time-out. */
long futex(_Atomic uint32_t *word, int operation, uint32_t value);

/* Starts a thread with a small stack, which gets no signals; returns an errno. */
int start_thread(pthread_t *thread, void *(*run)(void *), void *data);

#endif
