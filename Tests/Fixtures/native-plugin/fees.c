/* A plugin for payg in C: a function, an effect and a payment provider.
 *
 *     cc -shared -fPIC -I Sources/CPaygPlugin/include -o fees.so Tests/Fixtures/native-plugin/fees.c
 *     payg plugins --plugin ./fees.so
 */
#include "payg_plugin.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define DAY INT64_C(86400000000)
#define CENT INT64_C(10000000)

/* ---- days_late(due, paid): whole numbers in, a whole number out ---- */

static int64_t days_late(const int64_t *times) {
  int64_t days = times[1] / DAY - times[0] / DAY;
  return days < 0 ? 0 : days > 365 ? 365 : days;
}

static const payg_parameter times[] = {
    {.name = "due", .type = PAYG_TIME, .low = INT64_MIN, .high = INT64_MAX},
    {.name = "paid", .type = PAYG_TIME, .low = INT64_MIN, .high = INT64_MAX},
};

static const payg_function functions[] = {{
    .name = "days_late",
    .summary = "midnights passed since a payment was due; 0 in time, 365 at most",
    .parameters = times,
    .parameter_count = COUNT(times),
    .result = {.name = "days", .type = PAYG_INTEGER, .low = 0, .high = 365},
    .example = "days_late(2026-01-31, 2026-02-03)",
    .example_result = "3",
    .body = days_late,
}};

/* ---- charge_fee AMOUNT from BUCKET because REASON: which operations it is, as data ---- */

static const payg_field fields[] = {
    {.name = "amount", .kind = PAYG_FIELD_VALUE, .type = PAYG_MONEY},
    {.label = "from", .name = "bucket", .kind = PAYG_FIELD_BUCKET},
    {.label = "because", .name = "reason", .kind = PAYG_FIELD_WORD},
};

static const payg_operation operations[] = {
    {.code = PAYG_DEBIT, .arguments = {0, 1, PAYG_NONE, PAYG_NONE}},
    {.code = PAYG_NOTIFY, .arguments = {2, PAYG_NONE, PAYG_NONE, PAYG_NONE}},
};

static const payg_effect effects[] = {{
    .verb = "charge_fee",
    .summary = "takes a fee out of a bucket, at most what is in it, and notifies the customer of the reason",
    .fields = fields,
    .field_count = COUNT(fields),
    .example = "policy example \"takes a fee\"\n"
               "event usage cost: money in $0..$10\n"
               "bucket balance draw 1 else too_little\n"
               "denial too_little 402 rank 1 \"Too little\"\n"
               "on usage rule charge  pay usage.cost\n"
               "after usage rule fee  when usage.cost > $5  charge_fee $1 from balance because large_usage\n",
    .operations = operations,
    .operation_count = COUNT(operations),
}};

/* ---- sandbox: a provider that moves no money; the name of the card says what happens ---- */

static int32_t send(void *context, const payg_request *request, payg_answer *answer) {
  static const char *outcomes[] = {"", "paid", "declined", "pending", "failed"};
  (void)context;
  if (strcmp(request->card, "broken") == 0) return 1; /* nobody knows: it will be asked again */
  answer->outcome = PAYG_PAID;
  for (int32_t outcome = PAYG_PAID; outcome <= PAYG_FAILED; outcome++)
    if (strcmp(request->card, outcomes[outcome]) == 0) answer->outcome = outcome;
  if (answer->outcome == PAYG_DECLINED || request->amount % CENT != 0) {
    if (answer->outcome == PAYG_PAID) answer->outcome = PAYG_FAILED;
    snprintf(answer->reason, sizeof answer->reason, "no %s of %lld cents",
             request->kind == PAYG_KIND_REFUND ? "refund" : "charge", (long long)(request->amount / CENT));
  }
  return 0;
}

static const payg_provider providers[] = {
    {.name = "sandbox", .summary = "moves no money, and says what the card is called", .send = send},
};

/* ---- the one symbol ---- */

static const payg_description fees = {
    .abi_version = PAYG_PLUGIN_ABI,
    .struct_size = sizeof(payg_description),
    .name = "fees",
    .version = "1",
    .summary = "days late, and fees that say what they are for",
    .functions = functions,
    .function_count = COUNT(functions),
    .effects = effects,
    .effect_count = COUNT(effects),
    .providers = providers,
    .provider_count = COUNT(providers),
};

PAYG_EXPORT const payg_description *payg_plugin(void) { return &fees; }
