// What Swift needs of libedit and of the terminal: libedit's variadic functions with their types written out, wide text as
// Unicode scalars, and signal handlers, which may only call what is safe in one.
#ifndef CEDIT_H
#define CEDIT_H

#include <stddef.h>
#include <stdint.h>

// MARK: - The line editor

typedef struct cedit cedit;

/// Gives the next key: 1 and a scalar, 0 at the end of the input, -1 after an interrupt.
typedef int (*cedit_reader)(void *context, uint32_t *scalar);

/// Does what function `number` does, and says what is to be drawn (`CEDIT_…`).
typedef int (*cedit_action)(void *context, int number, uint32_t key);

enum {
  CEDIT_NOTHING = 0,
  CEDIT_SUBMIT = 1,
  CEDIT_END = 2,
  CEDIT_REDRAW = 4,
  CEDIT_BEEP = 6,
};

/// How many functions `cedit_add` takes, numbered from 0.
enum { CEDIT_FUNCTIONS = 32 };

/// An editor of standard input and output for `program` (whose name lines of `.editrc` may name). NULL: none can be made.
cedit *cedit_open(const char *program, void *context, cedit_reader reader, cedit_action action);
void cedit_close(cedit *editor);

/// Where libedit begins: "emacs" or "vi". All keys get their first meaning.
void cedit_style(cedit *editor, const char *name);
/// Gives function `number` a name that keys can be bound to.
int cedit_add(cedit *editor, int number, const char *name, const char *help);
/// Binds a key (as in `.editrc`) to a function; `commands` for the command map of vi.
int cedit_bind(cedit *editor, int commands, const char *key, const char *function);
/// One line of an `.editrc`. 1: it gave all keys their first meaning, so that they have to be bound again; -1: refused.
int cedit_obey(cedit *editor, const char *line);
int cedit_is_vi(cedit *editor);
int cedit_is_on(cedit *editor);
/// Whether the terminal can clear a row and move the cursor.
int cedit_can_draw(cedit *editor);

/// The text before the line: scalars ended by 0, stretches that move no cursor between scalars 1.
void cedit_prompt(cedit *editor, const uint32_t *scalars, size_t count);

/// Reads a line: 1, 0 at the end of the input, -1 after an interrupt. The text stays until the next call.
int cedit_read(cedit *editor, const uint32_t **text, size_t *count);

/// The line as it is; what is NULL is not told.
void cedit_line(cedit *editor, const uint32_t **text, size_t *count, size_t *cursor);
/// Inserts scalars, ended by 0, at the cursor.
int cedit_insert(cedit *editor, const uint32_t *scalars);
/// Deletes `count` scalars before the cursor.
void cedit_delete(cedit *editor, size_t count);
void cedit_move(cedit *editor, int distance);
/// The next key that is read.
void cedit_push(cedit *editor, uint32_t scalar);
void cedit_beep(cedit *editor);

/// Draws prompt and line anew, as if nothing were on the row of the cursor and below it.
void cedit_draw(cedit *editor);
/// Asks the terminal for its size.
void cedit_resize(cedit *editor);
/// The terminal for keys (1) or for lines (0).
void cedit_raw(cedit *editor, int is_raw);

/// An older line, for the incremental search: oldest first. Scalars ended by 0.
void cedit_remember(cedit *editor, const uint32_t *scalars);

// MARK: - Characters

/// Takes the character set of the environment. 1: it is UTF-8; 2: it was not, and UTF-8 was taken; 0: it is not.
int cedit_locale(void);
/// How many columns a scalar takes; -1 where it cannot be printed.
int cedit_width(uint32_t scalar);
/// Whether it moves or controls something instead of being shown.
int cedit_is_control(uint32_t scalar);

// MARK: - Standard output

void cedit_write(const char *bytes, size_t count);
void cedit_flush(void);

// MARK: - Signals

/// From now on SIGINT raises a flag and ends nothing.
void cedit_interrupt_install(void);
int cedit_interrupt_raised(void);
void cedit_interrupt_clear(void);

enum {
  CEDIT_RESIZED = 1,
  CEDIT_STOPPED = 2,
  CEDIT_CONTINUED = 4,
};

/// Notes changes of size, stops and continuations while a line is read (1), and leaves them to others again (0).
void cedit_watch(int is_on);
/// What was noted since the last call.
int cedit_noted(void);
/// Stops this program as Ctrl-Z does; returns when it is continued.
void cedit_stop(void);

enum { CEDIT_LATE = 0, CEDIT_READY = 1, CEDIT_WOKEN = 2 };

/// Waits until there is input or a signal was noted. A negative time is for ever.
int cedit_wait(int descriptor, int milliseconds);

/// Keeps the modes of a terminal, and restores them when this program exits or is ended by a signal.
int cedit_guard(int descriptor);
void cedit_unguard(void);
/// Puts the kept modes back now.
void cedit_restore(void);
/// Whether the terminal marks what is pasted; said here so that it is taken back on the way out.
void cedit_paste_marks(int is_on);

// MARK: - Other programs

/// Starts a command of the shell on this terminal, with an argument (NULL: none) and standard input (-1: this one's).
/// Returns its number, or -1.
int cedit_start(const char *command, const char *argument, int input);
/// Waits for it: its status as a shell says it, or -1.
int cedit_await(int child);
/// A pipe that no child inherits.
int cedit_pipe(int ends[2]);
/// Ignores writes to closed pipes (1) or takes them as they were (0).
void cedit_ignore_broken_pipes(int is_on);

#endif
