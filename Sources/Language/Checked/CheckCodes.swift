extension DiagnosticCode {
  /// The mistakes the checker reports, P02xx.
  public static let checkCodes: [DiagnosticCode] = [
    .missingPolicy, .duplicateName, .unknownName, .ambiguousName, .unknownType, .wrongType, .unitsDoNotMix,
    .readsNone, .neverNone, .notConstant, .outOfRange, .mayOverflow, .notLinear, .unrounded, .badDivision,
    .unknownEvent, .unknownDenial, .unknownBucket, .unknownFunction, .missingPlugin, .wrongCount,
    .unknownEffect, .wrongEffect, .otherEvent, .notKnownYet, .circular, .sameOrder, .decidedTwice,
    .unknownWindow, .wrongTableUse, .missingTableFile, .badTableFile, .mayBeNegative, .tooManyRules,
    .misplacedReform, .settingsOnly, .unknownMember, .brokenDefault, .wrongBucket, .tooLarge, .noKey, .unsettled,
    .twoKeys, .misplacedType, .noAnswer,
  ]
}

// What each mistake is called, why it is one, and a file that makes it.
extension DiagnosticCode {
  static let missingPolicy = DiagnosticCode(
    id: "P0201", title: "no policy line",
    explanation: """
      A rule file begins with `policy NAME "what it is for"`, once. The name is the family: traces, reports and \
      other families cite its rules by it. Put the line first.
      """,
    example: """
      setting enabled : bool = off

      """)

  static let duplicateName = DiagnosticCode(
    id: "P0202", title: "declared twice",
    explanation: """
      Every setting, bucket, meter, table, `let` and rule of a family has a name of its own, and every event and \
      denial one of its own among all families. A few words belong to the language, such as `now`, `cycle`, `total` \
      and `min`, and as names of events `charge`, `admission` and `payment`. Rename one of the two.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      setting ceiling : money = $10

      """)

  static let unknownName = DiagnosticCode(
    id: "P0203", title: "unknown name",
    explanation: """
      The word is not a setting, bucket, meter, table, event field or `let` that can be seen from here. A family's \
      own names can be used bare; a name of another family can be used bare if no third family has it too, and \
      always as `family.name`.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let twice = 2 * cieling

      """)

  static let ambiguousName = DiagnosticCode(
    id: "P0204", title: "name of several families",
    explanation: """
      Two other families declare this name, so nobody can tell which is meant. Write it as `family.name`.
      """,
    example: """
      # file limits.rules
      policy limits "Caps."
      setting ceiling : money = $5
      # file teams.rules
      policy teams "Teams."
      setting ceiling : money = $9
      # file topup.rules
      policy topup "Top-ups."
      let reached = ceiling > $7

      """)

  static let unknownType = DiagnosticCode(
    id: "P0205", title: "unknown type",
    explanation: """
      Types are `money`, `rate`, `tokens`, `integer`, `ratio`, `percent`, `bool`, `time`, `duration`, `name`, \
      `key` and `card`, and in events `hold`, `payment` and `refund`, or a list of words such as `low | high`, each with `or none` where a value may be missing.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : monney = $5

      """)

  static let wrongType = DiagnosticCode(
    id: "P0206", title: "another type was expected",
    explanation: """
      Every fact has a type, and this place wants another one. Amounts need their `$` or `units`, counts of tokens \
      their `tokens`, yes and no are `on` and `off`.
      """,
    example: """
      policy limits "Caps."
      setting enabled : bool = $5

      """)

  static let unitsDoNotMix = DiagnosticCode(
    id: "P0207", title: "units do not mix",
    explanation: """
      Money, tokens, counts, times and durations are different things: adding or comparing two of them is a mistake, \
      not a conversion. Tokens become money when they are multiplied by a rate and rounded; the difference of two \
      times is a duration.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let reached = ceiling > 100 tokens

      """)

  static let readsNone = DiagnosticCode(
    id: "P0208", title: "may be none",
    explanation: """
      A value of a type with `or none` may be missing, so it is read only where a test before it says it is there: \
      `x is set and x > $5`, or `if x is set then x else $0`. In the `at` of a cap no test is needed: none means no \
      cap. Where that would lose another limit, inside `min` and to the right of `-`, it is.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money or none = none
      let reached = ceiling > $5

      """)

  static let neverNone = DiagnosticCode(
    id: "P0209", title: "never none",
    explanation: """
      The value always exists, so testing whether it is set says nothing and hides what was meant. Remove the test, \
      or make the type `or none`.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let reached = ceiling is set and ceiling > $1

      """)

  static let notConstant = DiagnosticCode(
    id: "P0210", title: "not a constant",
    explanation: """
      Defaults, ranges, cells of tables and roundings are written out as constants: they must be the same for every \
      account and at every time.
      """,
    example: """
      policy limits "Caps."
      setting floor : money = $5
      setting ceiling : money = floor

      """)

  static let outOfRange = DiagnosticCode(
    id: "P0211", title: "outside its range",
    explanation: """
      The value lies outside what this fact may be, or the range has no value at all. Every fact has a declared \
      range; it is what proves that no sum can pass the largest number.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
        input: tokens in 10 tokens..1 tokens

      """)

  static let mayOverflow = DiagnosticCode(
    id: "P0212", title: "may pass the largest number",
    explanation: """
      Every value is a 64-bit integer, and every fact counts with its whole declared range. The checker proves that \
      no expression can leave 64 bits; this one could. Declare narrower ranges for event fields, or bound the parts \
      with `min`.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let huge = 100 * ceiling

      """)

  static let notLinear = DiagnosticCode(
    id: "P0213", title: "not a constant factor",
    explanation: """
      One side of `*` is a whole constant, a rate or a ratio. Rules stay linear, so that they can be proved and not \
      only tested. A share of an amount is written with a ratio: `round up to 1 unit (amount * 20%)`.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      setting factor : integer = 2
      let scaled = ceiling * factor

      """)

  static let unrounded = DiagnosticCode(
    id: "P0214", title: "needs a rounding",
    explanation: """
      Tokens times a rate, and an amount times a ratio, are exact beyond the smallest amount there is. Where money \
      is made of them, the rule says how it is rounded, once: `round up to 1 unit (…)`.
      """,
    example: """
      policy pricing "Prices."
      setting listed : rate = $2.50 per 1M tokens
      setting used : tokens = 10 tokens
      let cost = min($5, used * listed)

      """)

  static let badDivision = DiagnosticCode(
    id: "P0215", title: "not a whole constant divisor",
    explanation: """
      Division is by a whole constant between 1 and 2147483647, inside `round`. To divide by something that varies, \
      use a setting of type `ratio` and multiply.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let share = round down (ceiling / 0)

      """)

  static let unknownEvent = DiagnosticCode(
    id: "P0216", title: "unknown event",
    explanation: """
      Events are declared with `event NAME "what happened"` in any family, and their names are shared by all.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
      meter calls = count of reqest each day

      """)

  static let unknownDenial = DiagnosticCode(
    id: "P0217", title: "unknown denial",
    explanation: """
      What a caller is told is declared once: `denial CODE STATUS rank N "text"`, in any family.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
        amount: money
      setting ceiling : money = $5
      deny request rule too_much when request.amount > ceiling with over_ceiling

      """)

  static let unknownBucket = DiagnosticCode(
    id: "P0218", title: "unknown bucket",
    explanation: """
      Buckets hold what pays for usage. They are declared with `bucket NAME draw N`.
      """,
    example: """
      policy limits "Caps."
      denial broke 402 rank 1 "No money"
      bucket balance draw 10 else broke
      meter spent = sum of ballance payments each day

      """)

  static let unknownFunction = DiagnosticCode(
    id: "P0219", title: "unknown function or table",
    explanation: """
      The word before the bracket is neither `min` or `max`, nor a table, nor a function of a loaded plugin. `payg \
      plugins` lists the functions with an example each.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      let lowest = mni(ceiling, $1)

      """)

  static let missingPlugin = DiagnosticCode(
    id: "P0220", title: "needs a plugin",
    explanation: """
      A plugin that is known but not loaded offers this word. Load it, and the rule means something again; a policy \
      is never run with a part of it left out. In the example `charge_fee` is a word of the plugin `fees`.
      """,
    example: """
      policy limits "Caps."
      event request "a call"
      on request rule fee charge_fee

      """)
}
