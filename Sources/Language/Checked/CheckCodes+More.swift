// The second half of the checker's mistakes, P0221 to P0246.
extension DiagnosticCode {
  static let wrongCount = DiagnosticCode(
    id: "P0221", title: "wrong number of values",
    explanation: """
      A function, a table or a row of a table was given more or fewer values than it has places for.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let lowest = min(ceiling)

      """)

  static let unknownEffect = DiagnosticCode(
    id: "P0222", title: "unknown effect",
    explanation: """
      The verbs a rule may use come from plugins; the box has `pay`, `hold`, `settle`, `credit`, `collect`, `refund`, `set`, \
      `notify` and more. `payg plugins` lists them with an example each.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
      on request rule tell notfy low

      """)

  static let wrongEffect = DiagnosticCode(
    id: "P0223", title: "effect used wrongly",
    explanation: """
      Each effect declares what it takes: an amount, a bucket after `to` or `from`, a field that names a hold, a word. The \
      help line shows its shape, with what may be left out in brackets. Most are part of a decision and stand in `on` rules.
      """,
    example: """
      policy limits "Caps."
      event gift "a gift"
        amount: money in $0..$5
      on gift rule give credit gift.amount

      """)

  static let otherEvent = DiagnosticCode(
    id: "P0224", title: "field of another event",
    explanation: """
      A rule sees the fields of the event it is about, and the state of the account. What another event said can be \
      kept in a setting or summed in a meter.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
        amount: money
      event gift "a gift"
        amount: money
      setting seen : bool = off
      on gift rule note when request.amount > $5 set seen = on

      """)

  static let notKnownYet = DiagnosticCode(
    id: "P0225", title: "not known here",
    explanation: """
      What a request drew or paid is known in `after` rules and promises, the shortfall there and in `before denial` \
      rules. `previous` looks back from after an event, so it stands in the same places. A number of a payment without a \
      field before it is known where each payment is looked at in turn.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
      setting seen : bool = off
      on request rule note when request.paid > $5 set seen = on

      """)

  static let circular = DiagnosticCode(
    id: "P0226", title: "defined by itself",
    explanation: """
      A `let` or a derived fact reads itself, directly or through others. The note shows the circle; a setting, a \
      meter or a given field breaks it.
      """,
    example: """
      policy limits "Caps."
      let one = two + $1
      let two = one + $1

      """)

  static let sameOrder = DiagnosticCode(
    id: "P0227", title: "the same place twice",
    explanation: """
      Buckets are drawn in the order of their `draw` numbers, and of several denials the lowest `rank` is shown, so \
      no two may share a number. Leave gaps of ten and a new one finds its place.
      """,
    example: """
      policy limits "Caps."
      denial broke 402 rank 10 "No money"
      denial capped 402 rank 10 "Too much"

      """)

  static let decidedTwice = DiagnosticCode(
    id: "P0228", title: "decided twice",
    explanation: """
      One thing has one rule that decides it: a derived fact one derivation, the billing cycle one anchor, the answer of a \
      payment provider one event. Which of two would count could only depend on the order of files, so neither does. And \
      an event does one of three: it pays, holds or settles.
      """,
    example: """
      policy pricing "Prices."
      event request "a call"
        input: tokens
      derive request.double = 2 * request.input
      derive request.double = request.input + request.input

      """)

  static let unknownWindow = DiagnosticCode(
    id: "P0229", title: "unknown window of time",
    explanation: """
      A meter runs over an hour, a day, a week, a month or a billing cycle, all in UTC, or `ever`. Billing cycles \
      need one `cycle from …` that says what they are counted from.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
      meter calls = count of request each fortnight

      """)

  static let wrongTableUse = DiagnosticCode(
    id: "P0230", title: "table used wrongly",
    explanation: """
      A table is asked with its keys in brackets; one that gives several columns is followed by the column wanted: \
      `price(request.model).input`. A cell covers one value or one range.
      """,
    example: """
      policy pricing "Prices."
      table price by model: name gives input: rate, output: rate
        row "small" -> $1 per 1M tokens, $2 per 1M tokens
      event request "a call"
        model: name
      let listed = price("small")

      """)

  static let missingTableFile = DiagnosticCode(
    id: "P0231", title: "table file missing",
    explanation: """
      A table's file stands beside the policy that names it. Price lists are made with `payg import prices`.
      """,
    example: """
      policy pricing "Prices."
      table price by model: name gives input: rate
        from "no-such-file.csv"

      """)

  static let badTableFile = DiagnosticCode(
    id: "P0232", title: "table file unreadable",
    explanation: """
      The file of a table is comma-separated UTF-8 text whose first line names the columns. Rates are dollars per \
      million tokens (`2.50`), money is dollars, an empty cell is none where the column allows it.
      """,
    example: """
      # file prices.rules
      policy pricing "Prices."
      table price by model: name gives input: rate
        from "prices.csv"
      # file prices.csv
      model,input
      small,cheap

      """)

  static let mayBeNegative = DiagnosticCode(
    id: "P0233", title: "amount may be negative",
    explanation: """
      Amounts that move are never below zero: what goes the other way is another effect. The checker works from the \
      declared ranges; bound the amount with `max($0, …)` or declare the field `in $0..$1000`.
      """,
    example: """
      policy limits "Caps."
      denial broke 402 rank 1 "No money"
      bucket balance draw 10 else broke
      event gift "a gift"
        amount: money
      on gift rule give credit gift.amount to balance

      """)

  static let tooManyRules = DiagnosticCode(
    id: "P0235", title: "too many rules on one event",
    explanation: """
      One event may have 1,000 rules: that bounds the time of a decision. Rules that differ in numbers only are a \
      table. The example is read under a limit of 1.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
        amount: money
      denial over 402 rank 1 "Too much"
      deny request rule above when request.amount > $9 with over
      deny request rule below when request.amount < $0 with over

      """, limits: .with { $0.rulesPerEvent = 1 })

  static let misplacedReform = DiagnosticCode(
    id: "P0236", title: "reform among policies",
    explanation: """
      A reform lies over a set of policies and is no part of it. Keep it in a file of its own, outside the rules, \
      and name it with `--reform FILE`.
      """,
    example: """
      reform "Lower limit"
        without limits.cap_it

      """)

  static let settingsOnly = DiagnosticCode(
    id: "P0237", title: "settings only",
    explanation: """
      The `must` of a setting is checked when somebody changes a setting, and holds from then on, so it can only ask \
      about settings. What must hold of balances and meters is a promise: `always …`.
      """,
    example: """
      policy limits "Caps."
      denial broke 402 rank 1 "No money"
      bucket balance draw 10 else broke
      setting floor : money = $5 must floor <= balance else "too high"

      """)

  static let unknownMember = DiagnosticCode(
    id: "P0238", title: "not in the list",
    explanation: """
      The value is a list of words, and this is none of them.
      """,
    example: """
      policy plans "Plans."
      setting plan : free | pro = free
      let paying = plan is prop

      """)

  static let brokenDefault = DiagnosticCode(
    id: "P0239", title: "default breaks its own condition",
    explanation: """
      What holds while nobody has set a setting must meet the conditions a new value would have to meet.
      """,
    example: """
      policy topup "Top-ups."
      setting minimum : money = $5 global
      setting amount : money = $1 must amount >= minimum else "the minimum is {minimum}"

      """)

  static let wrongBucket = DiagnosticCode(
    id: "P0240", title: "bucket or meter declared wrongly",
    explanation: """
      A bucket either resets to an allowance or keeps what was put in, in lots if it says so. A meter belongs to an \
      account or to a key.
      """,
    example: """
      policy plans "Plans."
      setting monthly : money = $5
      denial broke 402 rank 1 "No money"
      bucket quota draw 10 resets each month to monthly keeps lots else broke

      """)

  static let tooLarge = DiagnosticCode(
    id: "P0241", title: "expression too large",
    explanation: """
      An expression may have 200 levels and 10,000 parts, and a price 256 products. Nobody can read more, and whatever \
      works on it must not run out of space. Give parts of it names with `let`, and round prices before adding many; \
      what stands in `previous` or before `in` is repeated, so keep it short. The example doubles a price nine times.
      """,
    example: """
      policy pricing "Prices."
      setting used : tokens = 10 tokens
      setting listed : rate = $2.50 per 1M tokens
      let price_1 = used * listed
      let price_2 = price_1 + price_1
      let price_4 = price_2 + price_2
      let price_8 = price_4 + price_4
      let price_16 = price_8 + price_8
      let price_32 = price_16 + price_16
      let price_64 = price_32 + price_32
      let price_128 = price_64 + price_64
      let price_256 = price_128 + price_128
      let price_512 = price_256 + price_256

      """)

  static let noKey = DiagnosticCode(
    id: "P0242", title: "no key at hand",
    explanation: """
      A setting or meter `per key` has a value for each API key, so it can be read only where an event says which key it \
      is about, or names a hold, which came with one. Give the event a field of type `key`, or make the setting or meter `per account`. A gate or cap that \
      reads one applies to events with a key only.
      """,
    example: """
      policy teams "Teams."
      setting blocked : bool = off per key
      event topup "money is added"
      denial key_blocked 402 rank 1 "This key is blocked"
      deny topup rule not_blocked when blocked with key_blocked

      """)

  static let unsettled = DiagnosticCode(
    id: "P0243", title: "reads what depends on it",
    explanation: """
      Windows of time, allowances and meters are worked out before anything else is known of an account, so they can \
      only read what does not depend on them: settings first of all. The message says what may be read instead.
      """,
    example: """
      policy plans "Plans."
      setting started : time or none = none
      cycle from if cycle.start is set then cycle.start else started

      """)

  static let twoKeys = DiagnosticCode(
    id: "P0244", title: "two keys in one event",
    explanation: """
      Settings and meters of a key are read through the event's field of type `key`. With two such fields nobody could \
      tell whose limit counts. Another key an event has to mention is a `name`.
      """,
    example: """
      policy teams "Teams."
      event hand_over "one key takes over from another"
        from_key: key
        to_key: key

      """)

  static let misplacedType = DiagnosticCode(
    id: "P0245", title: "type in the wrong place",
    explanation: """
      Cards, holds, payments and refunds are an account's own, so no rule file can name one. A field of an event can: the \
      caller says which. A setting can keep a card, none until somebody has named one; a table can keep none of them.
      """,
    example: """
      policy topup "Top-ups."
      setting first_payment : payment or none = none

      """)

  static let noAnswer = DiagnosticCode(
    id: "P0246", title: "nobody hears the answer",
    explanation: """
      A rule that collects asks the payment provider and goes on; the answer comes later, as an event. One event's rules \
      `receive` the payment, another's `close` it `as declined`, and perhaps a third's `as failed`. Whoever brings the answer \
      knows the payment and nothing else, so such an event has one field of that type, and every other field has a value of \
      its own.
      """,
    example: """
      policy topup "Top-ups."
      denial broke 402 rank 90 "No money"
      bucket balance draw 10 keeps lots else broke
      event topup "the customer adds funds"
        amount: money in $0..$1000
        card: card
      on topup rule add_funds
        collect topup.amount from topup.card for balance

      """)
}
