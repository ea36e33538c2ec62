/* The interface of a native plugin: a shared library that brings payg functions, effects and payment providers.
 *
 * A library exports one symbol, `payg_plugin`, which returns a description of what it brings. Everything it points to
 * must stay as it is for as long as the program runs; payg copies what it needs and frees nothing.
 *
 * All texts are UTF-8 and end with a zero byte. All numbers of the rules are 64-bit integers in the unit of their type;
 * no floating point ever touches money.
 *
 * payg first loads a library in a process of its own, runs every example there and tries each function at the corners
 * of its ranges. Whatever is wrong is a refusal before any event is decided.
 */
#ifndef PAYG_PLUGIN_H
#define PAYG_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. A library says which one it was built with, and payg loads that one only. */
#define PAYG_PLUGIN_ABI 1u

/* ---- Types ------------------------------------------------------------------------------------------------------- */

/* What a number means, and so which unit it has. */
enum {
  PAYG_MONEY = 1,    /* nano-dollars: $1 is 1000000000 */
  PAYG_RATE = 2,     /* pico-dollars for each token */
  PAYG_TOKENS = 3,   /* a count of tokens */
  PAYG_INTEGER = 4,  /* a plain count */
  PAYG_BOOL = 5,     /* 0 or 1 */
  PAYG_TIME = 6,     /* microseconds since 1970-01-01 UTC */
  PAYG_DURATION = 7, /* microseconds */
  PAYG_CARD = 8      /* a card of the account; for fields of effects only */
};

/* The whole range of a type, where `low, high` are wanted. */
#define PAYG_ANY INT64_MIN, INT64_MAX

/* A parameter of a function, or its result. */
typedef struct payg_parameter {
  const char *name;
  int32_t type;   /* PAYG_MONEY … PAYG_DURATION */
  uint32_t flags; /* 0 */
  int64_t low;    /* both inclusive, in the unit of the type; or PAYG_ANY */
  int64_t high;
} payg_parameter;

/* ---- Functions --------------------------------------------------------------------------------------------------- */

/* A function of the rules. It must be pure and total: for all arguments inside their ranges it returns a number inside
 * the range of its result, and for the same arguments always the same one. payg never calls it with anything else. */
typedef struct payg_function {
  const char *name;    /* a word: small letters, digits, _ */
  const char *summary; /* one sentence */
  const payg_parameter *parameters;
  size_t parameter_count;
  payg_parameter result;
  const char *example;        /* `days_late(2026-01-31, 2026-02-03)` */
  const char *example_result; /* `3`, as `payg` prints it: money is `$12.00` */
  int64_t (*body)(const int64_t *arguments);
} payg_function;

/* ---- Effects ----------------------------------------------------------------------------------------------------- */

/* What an argument of an effect is. */
enum {
  PAYG_FIELD_VALUE = 1,      /* an expression of the field's type */
  PAYG_FIELD_BUCKET = 2,     /* a bucket's name */
  PAYG_FIELD_WORD = 3,       /* a free word: a kind of lot, a level of notices */
  PAYG_FIELD_ASSIGNMENT = 4, /* `SETTING = EXPRESSION` */
  PAYG_FIELD_DENIAL = 5      /* a denial's code */
};

/* The argument may be left out. An operation that needs it is then left out as well; what is paid cannot be. */
#define PAYG_FIELD_OPTIONAL 1u

typedef struct payg_field {
  const char *label; /* the word before it: in to from for as with of by because else; NULL right after the verb */
  const char *name;  /* a word */
  int32_t kind;      /* PAYG_FIELD_… */
  int32_t type;      /* of a PAYG_FIELD_VALUE; else 0 */
  uint32_t flags;    /* 0 or PAYG_FIELD_OPTIONAL */
  uint32_t reserved; /* 0 */
} payg_field;

/* What the ledger is asked to do. Only the ledger moves money. The arguments of an operation, in order: */
enum {
  PAYG_PAY = 1,     /* amount */
  PAYG_CREDIT = 2,  /* amount, bucket, kind of lot (a word; may be PAYG_NONE: `word`, else `paid`) */
  PAYG_DEBIT = 3,   /* amount, bucket */
  PAYG_SET = 4,     /* assignment */
  PAYG_NOTIFY = 5,  /* level (a word; PAYG_NONE: `word`) */
  PAYG_COLLECT = 6  /* amount, card, bucket, denial (may be PAYG_NONE: nobody waits for the answer) */
};

#define PAYG_NONE (-1)

/* One operation over the arguments of the effect: which field fills each place. No code of a plugin runs when an effect
 * is used, neither when rules are checked nor when an event is decided. */
typedef struct payg_operation {
  int32_t code;         /* PAYG_PAY … */
  int32_t arguments[4]; /* indices into the fields of the effect; PAYG_NONE for those the operation does not have */
  uint32_t flags;       /* 0 */
  const char *word;     /* a fixed word where no field gives one; NULL otherwise */
} payg_operation;

typedef struct payg_effect {
  const char *verb;    /* a word */
  const char *summary; /* one sentence */
  const payg_field *fields;
  size_t field_count;
  const char *example; /* a whole small policy that uses it */
  const payg_operation *operations;
  size_t operation_count;
} payg_effect;

/* ---- Payment providers ------------------------------------------------------------------------------------------- */

enum {
  PAYG_KIND_COLLECT = 1, /* charge a card */
  PAYG_KIND_REFUND = 2   /* send money back to it */
};

typedef struct payg_request {
  uint32_t struct_size; /* sizeof(payg_request) of the payg that asks */
  int32_t kind;         /* PAYG_KIND_… */
  const char *key;      /* the same key is the same request: it must take effect once */
  int64_t amount;       /* nano-dollars, above zero */
  const char *card;     /* empty where none is known */
  const char *account;
  const char *payment; /* the id of the payment to make, or to give back */
} payg_request;

enum {
  PAYG_PAID = 1,     /* the money has moved */
  PAYG_DECLINED = 2, /* the card said no */
  PAYG_PENDING = 3,  /* it will be known later */
  PAYG_FAILED = 4    /* it could not be done, and nothing has moved */
};

#define PAYG_REASON_BYTES 256

typedef struct payg_answer {
  uint32_t struct_size;           /* sizeof(payg_answer) of the payg that asks */
  int32_t outcome;                /* PAYG_PAID …; 0 when `send` is called */
  char reason[PAYG_REASON_BYTES]; /* why it was declined, failed or is unknown; ends with a zero byte */
} payg_answer;

/* A payment provider. `send` fills the answer and returns 0. Any other return value means that nobody knows what
 * happened: the request is sent again with the same key. It is called by one thread at a time. */
typedef struct payg_provider {
  const char *name;    /* a word; `-` may stand between letters */
  const char *summary; /* one sentence */
  void *context;       /* given to `send` as it is */
  int32_t (*send)(void *context, const payg_request *request, payg_answer *answer);
} payg_provider;

/* ---- The plugin -------------------------------------------------------------------------------------------------- */

typedef struct payg_description {
  uint32_t abi_version; /* PAYG_PLUGIN_ABI */
  uint32_t struct_size; /* sizeof(payg_description) */
  const char *name;     /* a word; `-` may stand between letters */
  const char *version;
  const char *summary; /* one sentence */
  const payg_function *functions;
  size_t function_count;
  const payg_effect *effects;
  size_t effect_count;
  const payg_provider *providers;
  size_t provider_count;
} payg_description;

#if defined(__GNUC__)
#define PAYG_EXPORT __attribute__((visibility("default")))
#else
#define PAYG_EXPORT
#endif

/* The one symbol of a plugin: `PAYG_EXPORT const payg_description *payg_plugin(void)`. */
typedef const payg_description *(*payg_plugin_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
