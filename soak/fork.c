// fork(2) for Node, for the fork server of masters only. Also to be preloaded: V8 asks the kernel to leave its heap out of forks, and here it must not.
#define _GNU_SOURCE
#include <node_api.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern int uv_loop_fork(void *loop);

int madvise(void *address, size_t length, int advice) {
  return advice == MADV_DONTFORK ? 0 : (int)syscall(SYS_madvise, address, length, advice);
}

// Returns the pid of the child to the parent, and its own, negative, to the child. Nobody waits for children: the kernel takes them away.
static napi_value fork_process(napi_env env, napi_callback_info info) {
  struct uv_loop_s *loop;
  napi_value result;
  (void)info;
  napi_get_uv_event_loop(env, &loop);
  signal(SIGCHLD, SIG_IGN);
  pid_t pid = fork();
  if (pid == 0) {
    uv_loop_fork(loop);
    pid = -getpid();
  }
  napi_create_int32(env, pid, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "fork", NAPI_AUTO_LENGTH, fork_process, NULL, &function);
  napi_set_named_property(env, exports, "fork", function);
  return exports;
}
