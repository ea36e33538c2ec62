#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "cedit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted, resized, stopped, continued;
// A handler writes a byte here, so that a wait ends even if the signal came just before it.
static int wake_ends[2] = {-1, -1};

static void wake(void) {
  int kept = errno;
  if (wake_ends[1] >= 0) {
    ssize_t ignored = write(wake_ends[1], "", 1);
    (void)ignored;
  }
  errno = kept;
}

static void note(int number) {
  if (number == SIGINT) interrupted = 1;
  if (number == SIGWINCH) resized = 1;
  if (number == SIGTSTP) stopped = 1;
  if (number == SIGCONT) continued = 1;
  wake();
}

int cedit_pipe(int ends[2]) {
  if (pipe(ends) != 0) return -1;
  for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  return 0;
}

static void open_wake(void) {
  if (wake_ends[0] >= 0) return;
  int ends[2];
  if (cedit_pipe(ends) != 0) return;
  for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFL, O_NONBLOCK);
  wake_ends[0] = ends[0];
  wake_ends[1] = ends[1];
}

static void on(int number, void (*handler)(int), struct sigaction *before) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART: a read that waits is to end.
  sigaction(number, &action, before);
  // Whoever started this program may have held signals back, and what is held back is handed down.
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, number);
  pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
}

// MARK: - Interrupts

void cedit_interrupt_install(void) {
  open_wake();
  on(SIGINT, note, NULL);
}

int cedit_interrupt_raised(void) { return interrupted != 0; }
void cedit_interrupt_clear(void) { interrupted = 0; }

// MARK: - While a line is read

static struct sigaction size_before, stop_before, continue_before;
static int is_watching;

void cedit_watch(int is_on) {
  if (is_on == is_watching) return;
  is_watching = is_on;
  if (is_on) {
    open_wake();
    resized = stopped = continued = 0;
    on(SIGWINCH, note, &size_before);
    on(SIGTSTP, note, &stop_before);
    on(SIGCONT, note, &continue_before);
  } else {
    sigaction(SIGWINCH, &size_before, NULL);
    sigaction(SIGTSTP, &stop_before, NULL);
    sigaction(SIGCONT, &continue_before, NULL);
  }
}

int cedit_noted(void) {
  int result = 0;
  if (resized) resized = 0, result |= CEDIT_RESIZED;
  if (stopped) stopped = 0, result |= CEDIT_STOPPED;
  if (continued) continued = 0, result |= CEDIT_CONTINUED;
  return result;
}

void cedit_stop(void) {
  struct sigaction before;
  on(SIGTSTP, SIG_DFL, &before);
  kill(getpid(), SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
  continued = stopped = 0;
}

int cedit_wait(int descriptor, int milliseconds) {
  struct pollfd waits[2] = {{descriptor, POLLIN, 0}, {wake_ends[0], POLLIN, 0}};
  int count = poll(waits, wake_ends[0] >= 0 ? 2 : 1, milliseconds);
  if (count < 0) return CEDIT_WOKEN;
  if (count == 0) return CEDIT_LATE;
  if (waits[1].revents & POLLIN) {
    char bytes[64];
    while (read(wake_ends[0], bytes, sizeof bytes) > 0) continue;
    return CEDIT_WOKEN;
  }
  return CEDIT_READY;
}

// MARK: - The way out

static struct termios kept_modes;
static int guarded = -1;
static volatile sig_atomic_t is_guarded, has_paste_marks;
static const int endings[] = {SIGTERM, SIGHUP, SIGQUIT};
enum { ENDINGS = sizeof endings / sizeof *endings };
static struct sigaction endings_before[ENDINGS];

void cedit_paste_marks(int is_on) {
  if (is_on == has_paste_marks) return;
  has_paste_marks = is_on;
  cedit_write(is_on ? "\033[?2004h" : "\033[?2004l", 8);
  cedit_flush();
}

// Only what is safe in a handler.
void cedit_restore(void) {
  if (!is_guarded) return;
  int kept = errno;
  struct sigaction ignore, before;
  memset(&ignore, 0, sizeof ignore);
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  // In the background, changing the modes would stop this program instead of letting it end.
  sigaction(SIGTTOU, &ignore, &before);
  if (has_paste_marks) {
    has_paste_marks = 0;
    ssize_t ignored = write(STDOUT_FILENO, "\033[0m\033[?2004l\r\n", 14);
    (void)ignored;
  }
  tcsetattr(guarded, TCSANOW, &kept_modes);
  sigaction(SIGTTOU, &before, NULL);
  errno = kept;
}

static void end(int number) {
  cedit_restore();
  for (int i = 0; i < ENDINGS; i++) {
    if (endings[i] == number) sigaction(number, &endings_before[i], NULL);
  }
  raise(number);
}

int cedit_guard(int descriptor) {
  static int is_registered;
  if (is_guarded) return 0;
  if (tcgetattr(descriptor, &kept_modes) != 0) return -1;
  guarded = descriptor;
  is_guarded = 1;
  if (!is_registered) {
    is_registered = 1;
    atexit(cedit_restore);
  }
  for (int i = 0; i < ENDINGS; i++) {
    on(endings[i], end, &endings_before[i]);
    // Who started this program wants it to go on.
    if (endings_before[i].sa_handler == SIG_IGN) sigaction(endings[i], &endings_before[i], NULL);
  }
  return 0;
}

void cedit_unguard(void) {
  if (!is_guarded) return;
  cedit_restore();
  for (int i = 0; i < ENDINGS; i++) sigaction(endings[i], &endings_before[i], NULL);
  is_guarded = 0;
}
