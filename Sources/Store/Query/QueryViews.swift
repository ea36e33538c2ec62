extension StoreQuery {
  /// The number of this set of views. It grows when a column is taken away or means something else; new ones may come with
  /// any version of the program.
  public static let version = 1

  /// Everything a statement may read, by name.
  public static let views: [QueryView] = (accountViews + historyViews + policyViews).sorted { $0.name < $1.name }

  static func view(named name: String) -> QueryView? { views.first { $0.name == name } }

  private static let account = QueryView.Column.text("account", "the name of the account", ["acme"])
  private static let isOnBranch = QueryView.Column.flag("on_branch", "1: of the branch, and in no file")
  private static let verdicts = ["allowed", "denied", "conflict", "waiting"]

  // MARK: - What accounts have

  private static let accountViews = [
    QueryView(
      "accounts", "an account",
      [
        account, .time("made_at", "when it was made"), .time("clock_at", "the latest event that took effect"),
        .integer("keys", "how many API keys it has"), .integer("cards", "how many cards it has named"),
        .integer("open_holds", "how many holds are open"),
        .money("balance_nano", "the money in all its buckets that are not filled anew"),
        .money("held_nano", "what open holds reserve, of all its buckets"),
      ]),
    QueryView(
      "balances", "a bucket of an account that keeps its money; those that are filled anew are in `quotas`",
      [
        account, .text("bucket", "the full name of the bucket", ["payg.balance"]),
        .money("amount_nano", "the money in it"), .money("held_nano", "what open holds reserve of it"),
        .money("available_nano", "what can be spent: the money less what is held, never less than nothing"),
      ]),
    QueryView(
      "quotas", "a bucket of an account that is filled anew each window",
      [
        account, .text("bucket", "the full name of the bucket", ["plan.quota"]),
        .money("allowance_nano", "what it is filled to"), .money("used_nano", "what was used of it in this window"),
        .money("left_nano", "what is left in this window"), .money("held_nano", "what open holds reserve of it"),
        .money("available_nano", "what can be spent of it"),
        .text("window", "how often it is filled", ["hour", "day", "week", "month", "cycle", "ever"]),
        .time("starts_at", "when this window began"), .time("ends_at", "when it is filled anew"),
      ]),
    QueryView(
      "limits", "what is counted of an account or one of its keys, with the cap that reads it",
      [
        account, .text("key", "the key it is counted for; null: the account"),
        .text("meter", "what counts", ["limits.payg_spent"]),
        .integer("spent", "the count, in its unit: nano-dollars where that is money"),
        .text("unit", "what it counts", ["money", "integer", "tokens"]),
        .text("rule", "the cap that reads it", ["limits.cycle_limit"]),
        .text("setting", "the setting the cap reads", ["limits.spending_limit"]),
        .any("limit_value", "what that setting is; null: no limit"),
        .money("left_nano", "what the cap leaves; null: no limit"),
        .text("window", "after what it counts anew", ["hour", "day", "week", "month", "cycle", "ever"]),
        .time("starts_at", "when this window began"), .time("ends_at", "when it counts anew"),
      ]),
    QueryView(
      "settings", "a setting of an account or a key, or one that serves all accounts",
      [
        .text("account", "the name of the account; null: it serves all accounts", ["acme"]),
        .text("key", "the key it is for; null: the account"),
        .text("setting", "its full name", ["limits.spending_limit"]),
        .text("value", "what holds, as text", ["$50.00", "on", "none"]),
        .integer("number", "the same in the setting's unit; null for none and for names"),
        .text("type", "what it is", ["money", "bool", "integer", "time"]),
        .flag("is_set", "0: nobody set it, and its default holds"),
      ]),
    QueryView(
      "keys", "an API key of an account",
      [account, .text("key", "its name", ["main"]), .integer("number", "its place among the account's keys, from 1")]),
    QueryView(
      "holds", "a hold: money reserved for something that has begun",
      [
        account, .text("id", "the id of the event that made it"), .text("kind", "that event", ["hold"]),
        .text("key", "the key it came with; null: none"), .time("at", "when it was made"),
        .time("expires_at", "when it ends by itself"),
        .text("state", "what became of it", ["open", "expired", "settled", "voided"]),
        .money("amount_nano", "what it reserves, at standard rates"),
        .json("fields", "the fields of the event that made it"),
        .integer("number", "its place among the account's holds, from 1"),
      ]),
    QueryView(
      "topups", "a payment: a charge of a card, by hand or by a rule",
      [
        account, .text("id", "what people know it by", ["t1"]), .text("key", "its idempotency key in the account"),
        .money("amount_nano", "what is charged"),
        .text("state", "what came of it", ["pending", "paid", "declined", "failed"]),
        .time("at", "when it was asked for"),
        .text("bucket", "the bucket it is for"), .text("card", "the card"),
        .flag("is_automatic", "1: a rule asked for it"), .money("refunded_nano", "what was sent back of it"),
        .flag("is_disputed", "1: a bank took it back"), .text("kind", "the event that asked for it", ["topup"]),
        .text("event_id", "the id of that event"), .integer("number", "its place among the account's payments, from 1"),
      ]),
    QueryView(
      "refunds", "money on its way back to a card",
      [
        account, .text("key", "its idempotency key in the account"), .text("topup", "the id of the payment it is of"),
        .text("topup_key", "the idempotency key of that payment"), .money("amount_nano", "what is sent back"),
        .text("state", "what came of it", ["pending", "paid", "failed"]), .time("at", "when it was sent"),
        .text("kind", "the event that sent it", ["refund"]), .text("event_id", "the id of that event"),
        .integer("number", "its place among the account's refunds, from 1"),
      ]),
    QueryView(
      "lots", "a part of a bucket's money that came in at once",
      [
        account, .text("bucket", "the full name of the bucket"), .integer("number", "its number in the bucket"),
        .text("kind", "what it is", ["paid", "promo"]), .flag("is_paid", "1: somebody paid for it"),
        .money("amount_nano", "what came in"), .money("remaining_nano", "what is left of it"),
        .time("received_at", "when it came in"), .text("event_id", "the id of the event that brought it"),
      ]),
  ]

  // MARK: - What happened

  private static let historyViews = [
    QueryView(
      "events", "an entry of the history, decided or not",
      [
        .integer("seq", "its number: the order in which everything happened"),
        .text("account", "the name of the account; null: it concerns all accounts", ["acme"]),
        .text("kind", "the event; one of the store's own begins with an @", ["request", "topup", "@set"]),
        .text("id", "its id"), .time("at", "the time it names"),
        .time("counted_at", "the time it counts as: later than it names for one that came late"),
        .time("recorded_at", "when it was written, by the clock of the machine"),
        .text("verdict", "what was decided; null: nothing was to decide", verdicts),
        .text("code", "why not: the code of the denial"), .text("rule", "the rule or bucket that decided against it"),
        .money("amount_nano", "what it costs at standard rates"),
        .money("covered_nano", "what of that was covered, at standard rates; what buckets gave is in postings"),
        .money("absorbed_nano", "what the platform bears"),
        .text("policy", "the policy that decided: SHA-256 over its texts"),
        .json("fields", "its fields, by name; amounts in nano-dollars, times in microseconds"), isOnBranch,
      ]),
    QueryView(
      "requests", "a decided event of a kind that draws on buckets: a request, a hold, a settle",
      [
        .integer("seq", "its number in the history"), account, .text("kind", "the event", ["request"]),
        .text("id", "its id"), .time("at", "the time it counts as"), .text("verdict", "what was decided", verdicts),
        .text("code", "why not: the code of the denial"), .text("rule", "the rule or bucket that decided against it"),
        .money("cost_nano", "what it costs at standard rates"),
        .money("covered_nano", "what of that was covered, at standard rates; what buckets gave is in postings"),
        .text("key", "its field `key`, where the policy has one"),
        .text("model", "its field `model`, where the policy has one"),
        .integer("input", "its field `input`, where the policy has one: tokens"),
        .integer("output", "its field `output`, where the policy has one: tokens"),
        .json("fields", "all its fields, by name"), isOnBranch,
      ]),
    QueryView(
      "decisions", "what was decided about an event",
      [
        .integer("seq", "the number of the event"), account, .text("kind", "the event", ["request"]),
        .text("id", "its id"), .time("at", "the time it counts as"), .text("verdict", "what was decided", verdicts),
        .text("code", "why not: the code of the denial"), .text("rule", "the rule or bucket that decided against it"),
        .money("amount_nano", "what it costs at standard rates"),
        .money("covered_nano", "what of that was covered, at standard rates; what buckets gave is in postings"),
        .money("absorbed_nano", "what the platform bears"),
        .text("policy", "the policy that decided: SHA-256 over its texts"), isOnBranch,
      ]),
    QueryView(
      "rules_fired", "a rule that acted on an event",
      [
        .integer("seq", "the number of the event"), account, .text("kind", "the event"), .text("id", "its id"),
        .time("at", "the time it counts as"), .integer("n", "its place among the rules that acted, from 1"),
        .text("rule", "the full name of the rule"), isOnBranch,
      ]),
    QueryView(
      "postings", "a step of money from one book to another",
      [
        .integer("seq", "the number of the event"), .integer("n", "its place among that event's, from 0"), account,
        .text("kind", "the event"), .text("id", "its id"), .time("at", "the time it counts as"),
        .text("step", "what of the event moved it", ["rescue", "decision", "reaction", "expiry", "adjustment"]),
        .text("source", "the book it leaves: a bucket, or where money comes from"),
        .text("destination", "the book it arrives in: a bucket, or where money goes to"),
        .money("amount_nano", "how much"), isOnBranch,
      ]),
    QueryView(
      "statement_lines", "a posting as one bucket sees it",
      [
        account, .text("bucket", "the bucket"), .time("at", "the time it counts as"),
        .money("amount_nano", "what came in; below nothing: what went out"),
        .text(
          "other", "the other book",
          ["usage", "cards", "grants", "adjustments", "absorbed", "refunds", "disputes"]),
        .integer("seq", "the number of the event"), .integer("n", "the place of the posting among that event's"),
        .text("kind", "the event"), .text("id", "its id"),
        .text("model", "its field `model`, where the policy has one"),
        isOnBranch,
      ]),
    QueryView(
      "outbox", "a request to the payment provider",
      [
        account, .text("kind", "what it asks for", ["collect", "refund"]),
        .text("key", "the idempotency key the provider sees"), .money("amount_nano", "how much"),
        .text("card", "the card"), .text("payment", "the payment it is about"), .integer("seq", "the event that asked"),
        .integer("sent", "how often it was sent"), .time("sent_at", "when last"),
        .text("answer", "what the provider said; null: nothing yet", ["paid", "declined", "failed"]),
        .text("reason", "its own words"), .time("answered_at", "when"), .text("fault", "why nobody knows yet"),
      ]),
  ]

  // MARK: - Rules and comparisons

  private static let policyViews = [
    QueryView(
      "policies", "a policy that was in force, and from when until when",
      [
        .integer("seq", "the event that put it in force"), .text("policy", "SHA-256 over its texts"),
        .time("from_at", "when it came into force"), .time("until_at", "when the next one did; null: it is in force"),
        .flag("is_active", "1: it is in force"), .integer("files", "how many texts it has"),
      ]),
    QueryView(
      "rules", "a rule of the policy",
      [
        .text("rule", "its full name", ["limits.cycle_limit"]),
        .text("family", "the policy family it is of", ["limits"]),
        .text("kind", "what it does", ["deny", "gate", "cap", "on", "before denial", "after"]),
        .text("about", "the events, the denial or the bucket it is about", ["request, hold"]),
        .text("code", "the code of the denial it gives, where it gives one"),
        .text("file", "where it is written"), .integer("line", "and in which line"),
      ]),
    QueryView(
      "models", "a row of a table of the policy that is keyed by a name: the price list",
      [
        .text("list", "the table", ["pricing.prices"]), .text("model", "the name it is keyed by", ["large"]),
        .text("column", "what the value is", ["input", "output"]),
        .text("value", "the value, as text", ["$3.00 per million tokens"]),
        .integer("number", "the same in its unit; for a rate, pico-dollars per token; null for none"),
      ]),
    QueryView(
      "compare_rows", "an event that another policy would decide otherwise, of the last comparison",
      [
        account, .integer("seq", "its number in the history, where it has one"), .text("kind", "the event"),
        .text("id", "its id"), .time("at", "the time it names"),
        .text("change", "what differs", ["allow→deny", "deny→allow", "paid differs", "rule differs"]),
        .text("verdict_a", "what the first policy decides", verdicts),
        .text("verdict_b", "what the second decides", verdicts), .text("code_a", "its code"),
        .text("code_b", "its code"),
        .text("rule_a", "the rule that decides against it"), .text("rule_b", "the rule that decides against it"),
        .money("amount_a_nano", "what it costs at standard rates"),
        .money("amount_b_nano", "what it costs at standard rates"),
        .money("covered_a_nano", "what of that is covered, at standard rates"),
        .money("covered_b_nano", "what of that is covered, at standard rates"),
      ]),
  ]
}
