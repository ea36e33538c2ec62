/* A small plugin of which every part can be broken from the command line of the compiler: `-DABI=2`. */
#include "payg_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef ABI
#define ABI PAYG_PLUGIN_ABI
#endif
#ifndef SIZE
#define SIZE sizeof(payg_description)
#endif
#ifndef NAME
#define NAME "small"
#endif
#ifndef SUMMARY
#define SUMMARY "a small plugin"
#endif
#ifndef FUNCTION
#define FUNCTION "twice"
#endif
#ifndef FUNCTIONS
#define FUNCTIONS functions
#endif
#ifndef FUNCTION_COUNT
#define FUNCTION_COUNT 1
#endif
#ifndef PARAMETERS
#define PARAMETERS parameters
#endif
#ifndef PARAMETER_COUNT
#define PARAMETER_COUNT 1
#endif
#ifndef TYPE
#define TYPE PAYG_INTEGER
#endif
#ifndef RANGE
#define RANGE 0, 1000
#endif
#ifndef RESULT_RANGE
#define RESULT_RANGE 0, 2000
#endif
#ifndef FLAGS
#define FLAGS 0
#endif
#ifndef BODY
#define BODY body
#endif
#ifndef CODE
#define CODE return 2 * arguments[0]
#endif
#ifndef EXAMPLE
#define EXAMPLE "twice(21)"
#endif
#ifndef RESULT
#define RESULT "42"
#endif
#ifndef VERB
#define VERB "remind"
#endif
#ifndef LABEL
#define LABEL 0
#endif
#ifndef KIND
#define KIND PAYG_FIELD_WORD
#endif
#ifndef FIELD_FLAGS
#define FIELD_FLAGS 0
#endif
#ifndef FIELDS
#define FIELDS {LABEL, "level", KIND, PAYG_MONEY, FIELD_FLAGS, 0}
#endif
#ifndef OPERATION
#define OPERATION PAYG_NOTIFY
#endif
#ifndef ARGUMENTS
#define ARGUMENTS 0, -1, -1, -1
#endif
#ifndef OPERATION_COUNT
#define OPERATION_COUNT 1
#endif
#ifndef POLICY
#define POLICY                                                                                                       \
  "policy example \"reminds\"\nevent usage cost: money in $0..$10\nafter usage rule tell  when usage.cost > $5  "   \
  "remind soon\n"
#endif
#ifndef PROVIDER
#define PROVIDER "sandbox"
#endif
#ifndef SEND
#define SEND send
#endif
#ifndef ANSWER
#define ANSWER return 1
#endif

int64_t counter;

static int64_t body(const int64_t *arguments) {
  (void)arguments;
  CODE;
}

static int32_t send(void *context, const payg_request *request, payg_answer *answer) {
  (void)context, (void)request, (void)answer;
  ANSWER;
}

static const payg_parameter parameters[] = {{"number", TYPE, FLAGS, RANGE}, {"number", TYPE, FLAGS, RANGE}};
static const payg_function functions[] = {
    {FUNCTION, "two times a number", PARAMETERS, PARAMETER_COUNT, {"result", PAYG_INTEGER, 0, RESULT_RANGE}, EXAMPLE,
     RESULT, BODY},
    {FUNCTION, "two times a number", PARAMETERS, PARAMETER_COUNT, {"result", PAYG_INTEGER, 0, RESULT_RANGE}, EXAMPLE,
     RESULT, BODY},
};
static const payg_field fields[] = {FIELDS};
static const payg_operation operations[] = {{OPERATION, {ARGUMENTS}, 0, 0}, {OPERATION, {ARGUMENTS}, 0, 0}};
static const payg_effect effects[] = {
    {VERB, "says something", fields, sizeof(fields) / sizeof(*fields), POLICY, operations, OPERATION_COUNT},
};
static const payg_provider providers[] = {{PROVIDER, "moves no money", 0, SEND}};

static const payg_description description = {
    ABI, SIZE, NAME, "1", SUMMARY, FUNCTIONS, FUNCTION_COUNT, effects, 1, providers, 1,
};

#ifdef CONSTRUCTOR
__attribute__((constructor)) static void start(void) { CONSTRUCTOR; }
#endif

#ifndef ENTRY
#define ENTRY return &description
#endif
#ifndef SYMBOL
#define SYMBOL payg_plugin
#endif
#ifdef UNDEFINED
int64_t nowhere_to_be_found(void);
PAYG_EXPORT int64_t undefined(void) { return nowhere_to_be_found(); }
#endif
PAYG_EXPORT const payg_description *SYMBOL(void) { ENTRY; }
