/*
 * Lets the musl build of Bun start on Debian, which has musl but no C++ library made for it: glibc's libstdc++ and libgcc run over
 * musl once these names exist. They are not what is tested; the addon calls none of them.
 */
#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
unsigned __cpu_model[4];

int __cpu_indicator_init(void) { return 0; }

/* -1 is "not found": nothing may throw through a frame. */
int _dl_find_object(void *address, void *result) {
  (void)address, (void)result;
  return -1;
}

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *dso) {
  (void)destructor, (void)object, (void)dso;
  return 0;
}

uint32_t arc4random(void) {
  uint32_t value = 0;
  getrandom(&value, sizeof value, 0);
  return value;
}

size_t __strftime_l(char *out, size_t size, const char *format, const struct tm *time, locale_t locale) {
  return strftime_l(out, size, format, time, locale);
}
