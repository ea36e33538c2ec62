#include "payg_plugin.h"

/* Version 1 of the interface as it lies in memory. A library built years ago relies on it: where one of these lines
 * fails, PAYG_PLUGIN_ABI has to be raised. */
#define PLACE(type, member, at) _Static_assert(offsetof(type, member) == (at), #type "." #member " moved")
#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " changed its size")

_Static_assert(PAYG_PLUGIN_ABI == 1, "describe the layout of the new version");
_Static_assert(sizeof(void *) == 8 && sizeof(size_t) == 8, "payg runs on 64 bits");

SIZE(payg_parameter, 32);
PLACE(payg_parameter, type, 8);
PLACE(payg_parameter, low, 16);

SIZE(payg_function, 88);
PLACE(payg_function, parameters, 16);
PLACE(payg_function, result, 32);
PLACE(payg_function, example, 64);
PLACE(payg_function, body, 80);

SIZE(payg_field, 32);
PLACE(payg_field, kind, 16);
PLACE(payg_field, flags, 24);

SIZE(payg_operation, 32);
PLACE(payg_operation, arguments, 4);
PLACE(payg_operation, word, 24);

SIZE(payg_effect, 56);
PLACE(payg_effect, fields, 16);
PLACE(payg_effect, operations, 40);

SIZE(payg_request, 48);
PLACE(payg_request, key, 8);
PLACE(payg_request, amount, 16);

SIZE(payg_answer, 264);
PLACE(payg_answer, reason, 8);

SIZE(payg_provider, 32);
PLACE(payg_provider, send, 24);

SIZE(payg_description, 80);
PLACE(payg_description, name, 8);
PLACE(payg_description, functions, 32);
PLACE(payg_description, provider_count, 72);
