#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "cedit.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#else
extern char **environ;
#endif

int cedit_start(const char *command, const char *argument, int input) {
  // What stands in `$EDITOR` may have options of its own, so the shell reads it.
  size_t size = strlen(command) + 8;
  char *script = malloc(size);
  if (!script) return -1;
  snprintf(script, size, argument ? "%s \"$@\"" : "%s", command);
  char *const words[] = {"sh", "-c", script, "sh", (char *)argument, NULL};
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_init(&actions);
  sigset_t defaults, none;
  sigemptyset(&defaults);
  sigemptyset(&none);
  sigaddset(&defaults, SIGINT);
  sigaddset(&defaults, SIGQUIT);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGTSTP);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  pid_t child = -1;
  if (posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environ) != 0) child = -1;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  free(script);
  return (int)child;
}

int cedit_await(int child) {
  int status = 0;
  while (waitpid((pid_t)child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : -1;
}

void cedit_ignore_broken_pipes(int is_on) {
  static struct sigaction before;
  static int is_ignoring;
  if (is_on == is_ignoring) return;
  is_ignoring = is_on;
  if (is_on) {
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &before);
  } else {
    sigaction(SIGPIPE, &before, NULL);
  }
}
