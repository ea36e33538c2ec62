#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "cedit.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

// Text goes to and fro without being copied.
_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "a wide character is a Unicode scalar");

struct cedit {
  EditLine *line;
  HistoryW *history;
  void *context;
  cedit_reader reader;
  cedit_action action;
  wchar_t *prompt;
  int keeps_returns;
};

static cedit *owner(EditLine *line) {
  void *found = NULL;
  el_wget(line, EL_CLIENTDATA, &found);
  return found;
}

// A pasted CR LF is one line end, which shows only while CR comes as CR. libedit's own settings for this come too late.
static void keep_returns(cedit *editor) {
  struct termios modes;
  editor->keeps_returns = 1;
  if (tcgetattr(STDIN_FILENO, &modes) != 0) return;
  modes.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

static int read_key(EditLine *line, wchar_t *key) {
  cedit *editor = owner(line);
  if (!editor->keeps_returns) keep_returns(editor);
  uint32_t scalar = 0;
  int count = editor->reader(editor->context, &scalar);
  *key = (wchar_t)scalar;
  return count;
}

static wchar_t *prompt_text(EditLine *line) {
  cedit *editor = owner(line);
  return editor->prompt ? editor->prompt : (wchar_t *)L"";
}

// A function of libedit gets no number, so each has its own.
typedef unsigned char (*key_function)(EditLine *, wint_t);
#define EACH(do) \
  do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15) \
  do(16) do(17) do(18) do(19) do(20) do(21) do(22) do(23) do(24) do(25) do(26) do(27) do(28) do(29) do(30) do(31)
#define DEFINE(number) \
  static unsigned char function_##number(EditLine *line, wint_t key) { \
    cedit *editor = owner(line); \
    return (unsigned char)editor->action(editor->context, number, (uint32_t)key); \
  }
EACH(DEFINE)
#define NAME(number) function_##number,
static const key_function functions[CEDIT_FUNCTIONS] = {EACH(NAME)};

cedit *cedit_open(const char *program, void *context, cedit_reader reader, cedit_action action) {
  cedit *editor = calloc(1, sizeof *editor);
  if (!editor) return NULL;
  editor->context = context;
  editor->reader = reader;
  editor->action = action;
  editor->line = el_init(program, stdin, stdout, stderr);
  editor->history = history_winit();
  if (!editor->line || !editor->history) {
    cedit_close(editor);
    return NULL;
  }
  HistEventW event;
  history_w(editor->history, &event, H_SETSIZE, 10000);
  history_w(editor->history, &event, H_SETUNIQUE, 1);
  el_wset(editor->line, EL_CLIENTDATA, editor);
  el_wset(editor->line, EL_PROMPT_ESC, prompt_text, (wchar_t)1);
  el_wset(editor->line, EL_HIST, history_w, editor->history);
  // Its handlers change the size while the screen is being drawn: ours only take note.
  el_wset(editor->line, EL_SIGNAL, 0);
  el_wset(editor->line, EL_GETCFN, read_key);
  return editor;
}

void cedit_close(cedit *editor) {
  if (!editor) return;
  if (editor->line) el_end(editor->line);
  if (editor->history) history_wend(editor->history);
  free(editor->prompt);
  free(editor);
}

void cedit_style(cedit *editor, const char *name) {
  el_set(editor->line, EL_EDITOR, name);
  // Inserting in the middle of a row with the terminal's own means loses what stands behind on rows that wrap.
  static const char *const insertions[] = {"ic", "im", "ei", "IC"};
  for (size_t i = 0; i < sizeof insertions / sizeof *insertions; i++) {
    el_set(editor->line, EL_SETTC, insertions[i], "", NULL);
  }
}

int cedit_add(cedit *editor, int number, const char *name, const char *help) {
  if (number < 0 || number >= CEDIT_FUNCTIONS) return -1;
  return el_set(editor->line, EL_ADDFN, name, help, functions[number]);
}

int cedit_bind(cedit *editor, int commands, const char *key, const char *function) {
  if (commands) return el_set(editor->line, EL_BIND, "-a", key, function, NULL);
  return el_set(editor->line, EL_BIND, key, function, NULL);
}

int cedit_obey(cedit *editor, const char *text) {
  Tokenizer *words = tok_init(NULL);
  if (!words) return -1;
  int count = 0, result = -1;
  const char **list = NULL;
  if (tok_str(words, text, &count, &list) == 0 && count > 0) {
    result = el_parse(editor->line, count, list) == -1 ? -1 : 0;
    const char *verb = strrchr(list[0], ':');
    verb = verb ? verb + 1 : list[0];
    for (int i = 1; result == 0 && strcmp(verb, "bind") == 0 && i < count && list[i][0] == '-'; i++) {
      if (list[i][1] == 'v' || list[i][1] == 'e') result = 1;
    }
  }
  tok_end(words);
  return result;
}

int cedit_is_vi(cedit *editor) {
  const char *name = NULL;
  return el_get(editor->line, EL_EDITOR, &name) == 0 && name && strcmp(name, "vi") == 0;
}

int cedit_can_draw(cedit *editor) {
  static const char *const needs[] = {"ce", "up"};
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
    char *text = NULL;
    if (el_get(editor->line, EL_GETTC, needs[i], &text, NULL) != 0 || !text || !*text) return 0;
  }
  return 1;
}

int cedit_is_on(cedit *editor) {
  int is_on = 0;
  return el_get(editor->line, EL_EDITMODE, &is_on) == 0 && is_on;
}

void cedit_prompt(cedit *editor, const uint32_t *scalars, size_t count) {
  wchar_t *copy = malloc((count + 1) * sizeof *copy);
  if (!copy) return;
  if (count) memcpy(copy, scalars, count * sizeof *copy);
  copy[count] = 0;
  free(editor->prompt);
  editor->prompt = copy;
}

int cedit_read(cedit *editor, const uint32_t **text, size_t *count) {
  int length = 0;
  editor->keeps_returns = 0;
  errno = 0;
  const wchar_t *line = el_wgets(editor->line, &length);
  *text = (const uint32_t *)line;
  *count = line && length > 0 ? (size_t)length : 0;
  if (line && length > 0) return 1;
  return length < 0 || errno == EINTR ? -1 : 0;
}

void cedit_line(cedit *editor, const uint32_t **text, size_t *count, size_t *cursor) {
  const LineInfoW *line = el_wline(editor->line);
  if (text) *text = (const uint32_t *)line->buffer;
  if (count) *count = (size_t)(line->lastchar - line->buffer);
  if (cursor) *cursor = (size_t)(line->cursor - line->buffer);
}

int cedit_insert(cedit *editor, const uint32_t *scalars) {
  return el_winsertstr(editor->line, (const wchar_t *)scalars);
}

void cedit_delete(cedit *editor, size_t count) { el_deletestr(editor->line, (int)count); }
void cedit_move(cedit *editor, int distance) { el_cursor(editor->line, distance); }

void cedit_push(cedit *editor, uint32_t scalar) {
  wchar_t text[2] = {(wchar_t)scalar, 0};
  el_wpush(editor->line, text);
}

void cedit_beep(cedit *editor) { el_beep(editor->line); }
void cedit_draw(cedit *editor) { el_wset(editor->line, EL_REFRESH); }
void cedit_resize(cedit *editor) { el_resize(editor->line); }

void cedit_raw(cedit *editor, int is_raw) {
  el_wset(editor->line, EL_PREP_TERM, is_raw);
  editor->keeps_returns = 0;
  if (is_raw) keep_returns(editor);
}


void cedit_remember(cedit *editor, const uint32_t *scalars) {
  HistEventW event;
  history_w(editor->history, &event, H_ENTER, (const wchar_t *)scalars);
}

// MARK: - Characters

int cedit_locale(void) {
  // Only the character set: numbers and dates are not the environment's to change.
  if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 1;
  static const char *const others[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    if (setlocale(LC_CTYPE, others[i]) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 2;
  }
  setlocale(LC_CTYPE, "");
  return 0;
}

int cedit_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
int cedit_is_control(uint32_t scalar) { return iswcntrl((wint_t)scalar) != 0; }

// MARK: - Standard output

void cedit_write(const char *bytes, size_t count) { fwrite(bytes, 1, count, stdout); }
void cedit_flush(void) { fflush(stdout); }
