/* What the files of the addon have in common. */
#ifndef JSONMMAP_ADDON_H
#define JSONMMAP_ADDON_H

#define NAPI_VERSION 8
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <node_api.h>

/* Throws an Error with the errno name as `code`, and returns NULL. */
napi_value fail(napi_env env, const char *syscall_name, int number);

/* Whether a call has `expected` arguments, which it copies; false with an error thrown. */
bool arguments_of(napi_env env, napi_callback_info info, size_t expected, napi_value *out);

/* Reads `count` arguments as integers that a double holds exactly; false with an error thrown. */
bool integers(napi_env env, const napi_value *arguments, size_t count, int64_t *out);

/* The range [number[0], number[0] + number[1]) of the live mapping arguments[0], or NULL with an error thrown. Reads `count` numbers behind the handle. */
uint8_t *range_of(napi_env env, const napi_value *arguments, int64_t *number, size_t count);

/* Bytes of a mapping that are looked up once: they are there while `*closed` is false, which can be asked for as long as the handle is alive. */
typedef struct {
  uint8_t *bytes;
  const bool *closed;
} KeptRange;

/* As range_of, to be kept; false with an error thrown. */
bool keep_range(napi_env env, const napi_value *arguments, KeptRange *out);

void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback);

/* wait.c */
void export_waits(napi_env env, napi_value exports);

/* wake.c */
void export_wakes(napi_env env, napi_value exports);

#endif
