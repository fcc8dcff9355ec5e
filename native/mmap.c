/*
 * The system calls that Node lacks, and nothing else: every rule of the product is TypeScript.
 *
 * JavaScript holds a handle, with a buffer over the pages. A mapping that nobody unmapped is unmapped when its owners are
 * collected.
 *
 * - An ArrayBuffer and its handle own the mapping together. `unmap` detaches the buffer (its views become length 0), and
 *   unmaps the pages. Finalizers may run inside detach or much later, depending on the runtime; either order is right
 *   because `munmap` happens once, guarded by `pages`.
 * - A SharedArrayBuffer cannot be detached, so its addresses stay reserved while it lives: `unmap` puts zeros in the place
 *   of the file. The finalizer of the buffer unmaps them; it may run on any thread, so it uses nothing but its arguments.
 *   A mapping over memory that the engine has reserved itself (`overlay`) is handled alike, and the engine unmaps it.
 *
 * V8 counts an ArrayBuffer over foreign memory as memory of the process, and marks the heap for every 64 MiB of it. It does
 * not count a SharedArrayBuffer.
 *
 * Every function throws an Error with `code` (the errno name) and `syscall`, as Node's own system errors have them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "addon.h"

typedef enum { DETACHABLE, SHARED, OVERLAY } Kind;

typedef struct {
  void *pages; /* NULL once unmapped; of a kind whose addresses stay reserved, never */
  size_t length;
  int protection;
  Kind kind;
  bool closed;
  int references; /* the buffer has one where it can be detached; the handle has one, and keeps the buffer alive */
} Mapping;

/* In Node 22.23, 24.21 and 26.10; NULL in a process that does not have it. */
extern napi_status node_api_create_external_sharedarraybuffer(napi_env env, void *data, size_t length,
                                                              void (*finalize)(void *data, void *hint), void *hint,
                                                              napi_value *result) __attribute__((weak));

static const napi_type_tag MAPPING_TAG = {0x6a736f6e6d6d6170, 0x6d617070696e6701};

static const char *errno_name(int number) {
  switch (number) {
    case EACCES: return "EACCES";
    case EAGAIN: return "EAGAIN";
    case EBADF: return "EBADF";
    case EDQUOT: return "EDQUOT";
    case EFBIG: return "EFBIG";
    case EINTR: return "EINTR";
    case EINVAL: return "EINVAL";
    case EIO: return "EIO";
    case ENFILE: return "ENFILE";
    case ENODEV: return "ENODEV";
    case ENOLCK: return "ENOLCK";
    case ENOMEM: return "ENOMEM";
    case ENOSPC: return "ENOSPC";
    case ENOSYS: return "ENOSYS";
    case EOPNOTSUPP: return "EOPNOTSUPP";
    case EOVERFLOW: return "EOVERFLOW";
    case EPERM: return "EPERM";
    case EROFS: return "EROFS";
    case ESPIPE: return "ESPIPE";
    case ETXTBSY: return "ETXTBSY";
    default: return "EUNKNOWN";
  }
}

napi_value fail(napi_env env, const char *syscall_name, int number) {
  napi_value code, message, error, name;
  const char *text = errno_name(number);
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &code);
  napi_create_string_utf8(env, syscall_name, NAPI_AUTO_LENGTH, &name);
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, code, message, &error);
  napi_set_named_property(env, error, "syscall", name);
  napi_throw(env, error);
  return NULL;
}

/* Reads `count` arguments as integers that a double holds exactly. */
bool integers(napi_env env, const napi_value *arguments, size_t count, int64_t *out) {
  for (size_t i = 0; i < count; i++) {
    if (napi_get_value_int64(env, arguments[i], &out[i]) != napi_ok) {
      napi_throw_type_error(env, "EINVAL", "an integer was expected");
      return false;
    }
  }
  return true;
}

bool arguments_of(napi_env env, napi_callback_info info, size_t expected, napi_value *out) {
  size_t count = expected;
  if (napi_get_cb_info(env, info, &count, out, NULL, NULL) != napi_ok || count < expected) {
    napi_throw_type_error(env, "EINVAL", "arguments are missing");
    return false;
  }
  return true;
}

static napi_value boolean(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

/*
 * Lets the file go. Where the addresses stay reserved, zeros take its place in the same call, so that no other mapping can get
 * them. They have the protection that the file had: a store that comes too late is lost rather than fatal. Where the system
 * promises no memory for that, they are read-only.
 */
static void drop(Mapping *mapping) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  if (mapping->kind == DETACHABLE) {
    munmap(mapping->pages, mapping->length);
    mapping->pages = NULL;
  } else if (mmap(mapping->pages, mapping->length, mapping->protection, flags, -1, 0) == MAP_FAILED) {
    mmap(mapping->pages, mapping->length, PROT_READ, flags, -1, 0);
  }
}

static void free_mapping(Mapping *mapping) {
  if (--mapping->references > 0) return;
  if (mapping->kind == DETACHABLE && mapping->pages != NULL) munmap(mapping->pages, mapping->length);
  free(mapping);
}

static void release(napi_env env, void *data, void *hint) {
  (void)env;
  (void)data;
  free_mapping(hint);
}

/* The finalizer of a SharedArrayBuffer. */
static void unmap_shared(void *pages, void *length) { munmap(pages, (size_t)length); }

static Mapping *mapping_of(napi_env env, napi_value handle) {
  bool tagged = false;
  void *mapping = NULL;
  if (napi_check_object_type_tag(env, handle, &MAPPING_TAG, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, handle, &mapping) != napi_ok) {
    napi_throw_type_error(env, "EINVAL", "a mapping handle was expected");
    return NULL;
  }
  return mapping;
}

/*
 * Electron forbids external buffers, and some runtimes limit their length. After the second kind of refusal Node 20 calls the
 * finalizer all the same: that reference is left to it, which costs the runtimes that do not call it a few bytes.
 */
static napi_value refused_buffer(napi_env env, Mapping *mapping, napi_status status) {
  napi_value ignored;
  bool forbidden = status == napi_no_external_buffers_allowed;
  napi_get_and_clear_last_exception(env, &ignored);
  munmap(mapping->pages, mapping->length);
  mapping->pages = NULL;
  if (forbidden) mapping->references--;
  free_mapping(mapping);
  return fail(env, "napi_create_external_arraybuffer", forbidden ? EOPNOTSUPP : EOVERFLOW);
}

/* A mapping with one reference, or NULL with an error thrown. `place` is NULL, or whole pages that are replaced. */
static Mapping *new_mapping(napi_env env, const int64_t *number, void *place) {
  Mapping *mapping = calloc(1, sizeof *mapping);
  if (mapping == NULL) {
    fail(env, "calloc", ENOMEM);
    return NULL;
  }
  mapping->length = (size_t)number[1];
  mapping->protection = (int)number[3];
  mapping->references = 1;
  int flags = (int)number[4] | (place == NULL ? 0 : MAP_FIXED);
  mapping->pages = mmap(place, mapping->length, mapping->protection, flags, (int)number[0], (off_t)number[2]);
  if (mapping->pages == MAP_FAILED) {
    int number_of_error = errno;
    free(mapping);
    fail(env, "mmap", number_of_error);
    return NULL;
  }
  return mapping;
}

/* Returns { buffer }, which owns one reference of the mapping and keeps the buffer alive. */
static napi_value handle_of(napi_env env, Mapping *mapping, napi_value buffer) {
  napi_value handle;
  napi_create_object(env, &handle);
  napi_set_named_property(env, handle, "buffer", buffer);
  if (napi_wrap(env, handle, mapping, release, mapping, NULL) != napi_ok) {
    free_mapping(mapping); /* what is left is with the buffer, and unmapped when that is collected */
    napi_throw_error(env, "EUNKNOWN", "the mapping could not be wrapped");
    return NULL;
  }
  napi_type_tag_object(env, handle, &MAPPING_TAG); /* where this fails, mapping_of refuses the handle */
  return handle;
}

/* map(fd, length, offset, protection, flags): { buffer }, an ArrayBuffer */
static napi_value map(napi_env env, napi_callback_info info) {
  napi_value arguments[5], buffer;
  int64_t number[5];
  if (!arguments_of(env, info, 5, arguments) || !integers(env, arguments, 5, number)) return NULL;
  Mapping *mapping = new_mapping(env, number, NULL);
  if (mapping == NULL) return NULL;
  mapping->references = 2; /* the buffer and the handle */
  napi_status status =
      napi_create_external_arraybuffer(env, mapping->pages, mapping->length, release, mapping, &buffer);
  return status == napi_ok ? handle_of(env, mapping, buffer) : refused_buffer(env, mapping, status);
}

/* mapShared(fd, length, offset, protection, flags): { buffer }, a SharedArrayBuffer. Only where the runtime can make one. */
static napi_value map_shared(napi_env env, napi_callback_info info) {
  napi_value arguments[5], buffer;
  int64_t number[5];
  if (!arguments_of(env, info, 5, arguments) || !integers(env, arguments, 5, number)) return NULL;
  Mapping *mapping = new_mapping(env, number, NULL);
  if (mapping == NULL) return NULL;
  mapping->kind = SHARED;
  void *length = (void *)mapping->length;
  napi_status status =
      node_api_create_external_sharedarraybuffer(env, mapping->pages, mapping->length, unmap_shared, length, &buffer);
  if (status == napi_ok) return handle_of(env, mapping, buffer);
  /* After any other refusal the finalizer may have run, or may be still to come. */
  if (status == napi_no_external_buffers_allowed) munmap(mapping->pages, mapping->length);
  free(mapping);
  return fail(env, "node_api_create_external_sharedarraybuffer", EOPNOTSUPP);
}

/* overlay(fd, length, offset, protection, flags, bytes): { buffer }, mapped in the place of `bytes`, whose owner keeps the addresses. */
static napi_value overlay(napi_env env, napi_callback_info info) {
  napi_value arguments[6], buffer;
  int64_t number[5];
  void *place = NULL;
  size_t length = 0;
  if (!arguments_of(env, info, 6, arguments) || !integers(env, arguments, 5, number)) return NULL;
  napi_status status = napi_get_typedarray_info(env, arguments[5], NULL, &length, &place, &buffer, NULL);
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (status != napi_ok || (uintptr_t)place % page != 0 || length % page != 0 || (uint64_t)number[1] > length) {
    napi_throw_type_error(env, "EINVAL", "whole pages that are long enough were expected");
    return NULL;
  }
  Mapping *mapping = new_mapping(env, number, place);
  if (mapping == NULL) return NULL;
  mapping->kind = OVERLAY;
  return handle_of(env, mapping, buffer);
}

/* A mapping that a thread gives back, and what keeps its addresses reserved meanwhile. */
typedef struct {
  Mapping *mapping;
  napi_ref handle;
  napi_async_work work;
} Dropping;

#define SLICE_BYTES ((size_t)1 << 20)

/*
 * A page fault of another thread waits while pages are unmapped, but not while MADV_DONTNEED removes them from the page
 * table: so that comes first. The thread that drops the last mapping of an unlinked file frees the file.
 */
static void drop_in_thread(napi_env env, void *data) {
  (void)env;
  Mapping *mapping = ((Dropping *)data)->mapping;
  for (size_t at = 0; at < mapping->length; at += SLICE_BYTES) {
    size_t rest = mapping->length - at;
    madvise((uint8_t *)mapping->pages + at, rest < SLICE_BYTES ? rest : SLICE_BYTES, MADV_DONTNEED);
  }
  drop(mapping);
}

static void dropped(napi_env env, napi_status status, void *data) {
  Dropping *dropping = data;
  if (status == napi_cancelled) drop(dropping->mapping);
  napi_delete_reference(env, dropping->handle);
  napi_delete_async_work(env, dropping->work);
  free(dropping);
}

/* Whether a thread will drop the mapping. */
static bool begin_dropping(napi_env env, Mapping *mapping, napi_value handle) {
  napi_value name;
  Dropping *dropping = calloc(1, sizeof *dropping);
  if (dropping == NULL) return false;
  dropping->mapping = mapping;
  if (napi_create_string_utf8(env, "jsonmmap.unmap", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_reference(env, handle, 1, &dropping->handle) == napi_ok) {
    if (napi_create_async_work(env, NULL, name, drop_in_thread, dropped, dropping, &dropping->work) == napi_ok) {
      if (napi_queue_async_work(env, dropping->work) == napi_ok) return true;
      napi_delete_async_work(env, dropping->work);
    }
    napi_delete_reference(env, dropping->handle);
  }
  free(dropping);
  return false;
}

/*
 * unmap(handle, inThread): detaches the buffer where that can be done, then lets the file go, on request in another thread:
 * freeing 100 MB takes the kernel 10 ms. Again is a no-op. An ArrayBuffer that is detached already was transferred: its
 * pages belong to another ArrayBuffer now, and go when that is collected.
 */
static napi_value unmap(napi_env env, napi_callback_info info) {
  napi_value arguments[2], buffer;
  bool transferred = false, in_thread = false;
  if (!arguments_of(env, info, 2, arguments)) return NULL;
  Mapping *mapping = mapping_of(env, arguments[0]);
  if (mapping == NULL || mapping->closed || napi_get_value_bool(env, arguments[1], &in_thread) != napi_ok) return NULL;
  if (napi_get_named_property(env, arguments[0], "buffer", &buffer) != napi_ok) return NULL;
  if (mapping->kind == DETACHABLE) {
    if (napi_is_detached_arraybuffer(env, buffer, &transferred) == napi_ok && transferred) return NULL;
    if (napi_detach_arraybuffer(env, buffer) != napi_ok) {
      /* Views stay valid, and the pages go when the buffer is collected. */
      napi_throw_error(env, "EUNKNOWN", "the buffer could not be detached");
      return NULL;
    }
  }
  mapping->closed = true;
  if (!in_thread || !begin_dropping(env, mapping, arguments[0])) drop(mapping);
  return NULL;
}

/* The range [offset, offset + length) of a live mapping, or NULL with an error thrown. */
uint8_t *range_of(napi_env env, const napi_value *arguments, int64_t *number, size_t count) {
  Mapping *mapping = mapping_of(env, arguments[0]);
  if (mapping == NULL || !integers(env, arguments + 1, count, number)) return NULL;
  uint64_t offset = (uint64_t)number[0], length = (uint64_t)number[1];
  if (mapping->closed || offset > mapping->length || length > mapping->length - offset) {
    napi_throw_range_error(env, "EINVAL", "the range lies outside the mapping");
    return NULL;
  }
  return (uint8_t *)mapping->pages + offset;
}

bool keep_range(napi_env env, const napi_value *arguments, KeptRange *out) {
  int64_t number[2];
  out->bytes = range_of(env, arguments, number, 2);
  if (out->bytes == NULL) return false;
  out->closed = &mapping_of(env, arguments[0])->closed;
  return true;
}

/* sync(handle, offset, length, flags) */
static napi_value sync_range(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  int64_t number[3];
  if (!arguments_of(env, info, 4, arguments)) return NULL;
  uint8_t *start = range_of(env, arguments, number, 3);
  if (start != NULL && msync(start, (size_t)number[1], (int)number[2]) != 0) return fail(env, "msync", errno);
  return NULL;
}

/* advise(handle, offset, length, advice) */
static napi_value advise(napi_env env, napi_callback_info info) {
  napi_value arguments[4];
  int64_t number[3];
  if (!arguments_of(env, info, 4, arguments)) return NULL;
  uint8_t *start = range_of(env, arguments, number, 3);
  if (start != NULL && madvise(start, (size_t)number[1], (int)number[2]) != 0) return fail(env, "madvise", errno);
  return NULL;
}

/* allocate(fd, offset, length): backs the range with real pages or blocks, and extends the file to it. */
static napi_value allocate(napi_env env, napi_callback_info info) {
  napi_value arguments[3];
  int64_t number[3];
  if (!arguments_of(env, info, 3, arguments) || !integers(env, arguments, 3, number)) return NULL;
  int result;
  do {
    result = posix_fallocate((int)number[0], (off_t)number[1], (off_t)number[2]);
  } while (result == EINTR);
  return result == 0 ? NULL : fail(env, "posix_fallocate", result);
}

/*
 * Open-file-description locks (Linux 3.15): they belong to the open file, so the kernel drops them when the last descriptor
 * of it closes, at `kill -9` too, and closing an unrelated descriptor of the same file does not.
 */
static int whole_file_lock(int fd, int command, short type, struct flock *lock) {
  *lock = (struct flock){.l_type = type, .l_whence = SEEK_SET};
  int result;
  do {
    result = fcntl(fd, command, lock);
  } while (result != 0 && errno == EINTR);
  return result;
}

/* tryLock(fd): whether the exclusive lock is ours now. */
static napi_value try_lock(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  int64_t number[1];
  struct flock lock;
  if (!arguments_of(env, info, 1, arguments) || !integers(env, arguments, 1, number)) return NULL;
  if (whole_file_lock((int)number[0], F_OFD_SETLK, F_WRLCK, &lock) == 0) return boolean(env, true);
  if (errno == EAGAIN || errno == EACCES) return boolean(env, false);
  return fail(env, "fcntl", errno);
}

/* isLocked(fd): whether another open file holds the exclusive lock; needs no more than a descriptor open for reading. */
static napi_value is_locked(napi_env env, napi_callback_info info) {
  napi_value arguments[1];
  int64_t number[1];
  struct flock lock;
  if (!arguments_of(env, info, 1, arguments) || !integers(env, arguments, 1, number)) return NULL;
  if (whole_file_lock((int)number[0], F_OFD_GETLK, F_RDLCK, &lock) != 0) return fail(env, "fcntl", errno);
  return boolean(env, lock.l_type == F_WRLCK);
}

static void constant(napi_env env, napi_value exports, const char *name, int64_t value) {
  napi_value number;
  napi_create_int64(env, value, &number);
  napi_set_named_property(env, exports, name, number);
}

void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

/* Raised with every change of what the exports mean: JavaScript of another version refuses this binary then. See src/system/native.ts. */
#define CONTRACT 6

NAPI_MODULE_INIT() {
  constant(env, exports, "contract", CONTRACT);
  constant(env, exports, "pageSize", sysconf(_SC_PAGESIZE));
  constant(env, exports, "PROT_READ", PROT_READ);
  constant(env, exports, "PROT_WRITE", PROT_WRITE);
  constant(env, exports, "MAP_SHARED", MAP_SHARED);
  constant(env, exports, "MAP_PRIVATE", MAP_PRIVATE);
  constant(env, exports, "MAP_ANONYMOUS", MAP_ANONYMOUS);
  constant(env, exports, "MS_SYNC", MS_SYNC);
  export_function(env, exports, "map", map);
  if (node_api_create_external_sharedarraybuffer != NULL) export_function(env, exports, "mapShared", map_shared);
  export_function(env, exports, "overlay", overlay);
  export_function(env, exports, "unmap", unmap);
  export_function(env, exports, "sync", sync_range);
  export_function(env, exports, "advise", advise);
  export_function(env, exports, "allocate", allocate);
  export_function(env, exports, "tryLock", try_lock);
  export_function(env, exports, "isLocked", is_locked);
  export_waits(env, exports);
  export_wakes(env, exports);
  return exports;
}
