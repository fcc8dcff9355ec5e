/*
 * For LD_PRELOAD: lets one system call on a file below a directory fail, as a broken disk, a full table or a missing permission would.
 *
 * The program under test says which, by a call that no file system answers:
 *   access("/failing-calls/FUNCTION/N/ERRNO")  the Nth call of FUNCTION from now on fails
 *   access("/failing-calls/fired")             succeeds when it has failed, and disarms
 * Only files below $FAILING_CALLS_DIR count, and among calls on descriptors only those of such files.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char armed[32];
static int countdown, error_number, fired;

static int concerns(const char *path) {
  const char *dir = getenv("FAILING_CALLS_DIR");
  return dir != NULL && path != NULL && strncmp(path, dir, strlen(dir)) == 0;
}

static int concerns_fd(int fd) {
  char link[64], path[512];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return concerns(path);
}

/* Whether this call is the one; it sets errno then. */
static int fails(const char *function, int concerned) {
  if (countdown == 0 || strcmp(armed, function) != 0 || !concerned) return 0;
  if (--countdown > 0) return 0;
  fired = 1;
  errno = error_number;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int access(const char *path, int mode) {
  if (strncmp(path, "/failing-calls/", 15) != 0) return REAL(access)(path, mode);
  if (strcmp(path + 15, "fired") == 0) {
    int was = fired;
    fired = countdown = 0;
    if (!was) errno = ENOENT;
    return was ? 0 : -1;
  }
  fired = 0;
  return sscanf(path + 15, "%31[^/]/%d/%d", armed, &countdown, &error_number) == 3 ? 0 : -1;
}

#define ON_PATH(name, parameters, arguments) \
  int name parameters { return fails(#name, concerns(path)) ? -1 : REAL(name) arguments; }
#define ON_FD(type, name, parameters, arguments) \
  type name parameters { return fails(#name, concerns_fd(fd)) ? -1 : REAL(name) arguments; }

ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(chmod, (const char *path, mode_t mode), (path, mode))
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(link, (const char *path, const char *to), (path, to))

int symlink(const char *target, const char *path) {
  return fails("symlink", concerns(path)) ? -1 : REAL(symlink)(target, path);
}

ssize_t readlink(const char *path, char *to, size_t size) {
  ssize_t (*real)(const char *, char *, size_t) = REAL(readlink);
  return fails("readlink", concerns(path)) ? -1 : real(path, to, size);
}

ON_FD(int, fchmod, (int fd, mode_t mode), (fd, mode))
ON_FD(int, ftruncate64, (int fd, off64_t size), (fd, size))
ON_FD(int, fsync, (int fd), (fd))
ON_FD(int, fdatasync, (int fd), (fd))
ON_FD(int, futimens, (int fd, const struct timespec times[2]), (fd, times))
ON_FD(ssize_t, read, (int fd, void *to, size_t size), (fd, to, size))
ON_FD(ssize_t, pread64, (int fd, void *to, size_t size, off64_t at), (fd, to, size, at))
ON_FD(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size))
ON_FD(ssize_t, pwrite64, (int fd, const void *from, size_t size, off64_t at), (fd, from, size, at))

/* Returns the error, and leaves errno alone. */
int posix_fallocate64(int fd, off64_t offset, off64_t size) {
  return fails("posix_fallocate64", concerns_fd(fd)) ? error_number : REAL(posix_fallocate64)(fd, offset, size);
}
int posix_fallocate(int fd, off_t offset, off_t size) {
  return fails("posix_fallocate64", concerns_fd(fd)) ? error_number : REAL(posix_fallocate)(fd, offset, size);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset) {
  if (fd >= 0 && fails("mmap64", concerns_fd(fd))) return MAP_FAILED;
  return REAL(mmap64)(at, size, protection, flags, fd, offset);
}
void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
  if (fd >= 0 && fails("mmap64", concerns_fd(fd))) return MAP_FAILED;
  return REAL(mmap)(at, size, protection, flags, fd, offset);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return fails("open64", concerns(path)) ? -1 : REAL(open64)(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  return fails("open64", concerns(path)) ? -1 : REAL(open)(path, flags, mode);
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return fails("fcntl", concerns_fd(fd)) ? -1 : REAL(fcntl)(fd, command, argument);
}

int scandir64(const char *path, struct dirent64 ***names, int (*wanted)(const struct dirent64 *),
              int (*order)(const struct dirent64 **, const struct dirent64 **)) {
  return fails("scandir64", concerns(path)) ? -1 : REAL(scandir64)(path, names, wanted, order);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask) {
  int (*real)(int, const char *, uint32_t) = dlsym(RTLD_NEXT, "inotify_add_watch");
  return fails("inotify_add_watch", concerns(path)) ? -1 : real(fd, path, mask);
}
