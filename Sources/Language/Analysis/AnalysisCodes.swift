extension DiagnosticCode {
  /// The mistakes the static analysis reports, P03xx.
  public static let analysisCodes: [DiagnosticCode] = [
    .ruleNeverApplies, .clauseAlwaysHolds, .denyShadowed, .gateAlwaysClosed, .capAlwaysNegative, .capNeverBinds,
    .paysTwice, .setsTwice, .twoRescues, .nobodyDecides, .tooManyToCompare,
    .tableGap, .tableOverlap, .rowNeverReached, .tableTooLarge,
    .settingUnused, .letUnused, .denialUnused, .meterUnused, .tableUnused, .eventUnused, .bucketNeverDrawn,
  ]
}

// Rules that do nothing.
extension DiagnosticCode {
  static let ruleNeverApplies = DiagnosticCode(
    id: "P0301", title: "rule never applies",
    explanation: """
      The clauses of its condition cannot hold together, whatever the facts are within their declared ranges. The rule \
      does nothing, and was surely meant to. The clauses that clash are shown; every other one may stay as it is.
      """,
    example: """
      policy limits "Caps."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      denial small 402 rank 10 "Too small"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost
      deny request rule odd_sizes
        when request.cost > $50 and request.cost < $20
        with small

      """)

  static let clauseAlwaysHolds = DiagnosticCode(
    id: "P0302", title: "clause always holds",
    explanation: """
      Every value the facts may have makes the clause true, so it decides nothing. Either the comparison is not the one \
      meant, or a range was declared too narrow, or the clause can go.
      """,
    example: """
      policy limits "Caps."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge
        when request.cost >= $0
        pay request.cost

      """)

  static let denyShadowed = DiagnosticCode(
    id: "P0303", title: "deny rule never decides",
    explanation: """
      Whenever this rule denies, another one denies too, and of several denials the one with the lowest rank is shown. \
      So nobody ever sees this one. Give it the lower rank if its answer is the more precise one, else delete it.
      """,
    example: """
      policy limits "Caps."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      denial large 402 rank 10 "Too large"
      denial huge 402 rank 20 "Far too large"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost
      deny request rule too_large when request.cost > $10 with large
      deny request rule far_too_large when request.cost > $50 with huge

      """)

  static let gateAlwaysClosed = DiagnosticCode(
    id: "P0304", title: "gate always closed",
    explanation: """
      The gate's condition cannot hold, so its bucket is never drawn. A gate says when the bucket may be drawn: perhaps \
      the condition is the wrong way round.
      """,
    example: """
      policy limits "Caps."
      setting enabled : bool = off
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost
      gate balance rule switched_on
        when enabled and not enabled
        else broke

      """)

  static let capAlwaysNegative = DiagnosticCode(
    id: "P0305", title: "cap below nothing",
    explanation: """
      The limit of this cap is below $0 for all values its facts may have, so nothing gets through while the cap \
      applies. If that is meant, a gate says it plainly; else the two sides of a subtraction are perhaps swapped.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost
      cap balance rule ceiling
        at min(ceiling, $0) - $5
        else broke

      """)

  static let capNeverBinds = DiagnosticCode(
    id: "P0306", title: "cap that never caps",
    explanation: """
      The limit of this cap is always none, and none as a cap means that there is no cap. Let it have a value in some \
      case, or delete the rule.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money or none = none
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost
      cap balance rule ceiling
        at ceiling
        when ceiling is none
        else broke

      """)
}

// Decisions made twice, or by nobody.
extension DiagnosticCode {
  static let paysTwice = DiagnosticCode(
    id: "P0311", title: "two rules pay",
    explanation: """
      A decision makes one payment, which is whole or does not happen; it makes or resolves one hold, charges one card, and \
      sends money back once. Two rules that both do one of these for one event must exclude each other, and it must be \
      provable: the message shows facts at which both hold. Give one of them the opposite of the other's condition.
      """,
    example: """
      policy funding "Who pays."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge
        when request.cost > $1
        pay request.cost
      on request rule charge_minimum
        when request.cost <= $5
        pay $1

      """)

  static let setsTwice = DiagnosticCode(
    id: "P0312", title: "two values for one setting",
    explanation: """
      Two rules set the same setting on the same event to values that may differ. Which one would stay could only \
      depend on the order of files. Let their conditions exclude each other, or let one rule set it with `if`.
      """,
    example: """
      policy plans "Plans."
      setting quota : money = $0
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event upgrade "a larger plan"
        price: money in $0..$100
      on upgrade rule charge pay max($0, upgrade.price - quota)
      on upgrade rule enlarge
        set quota = upgrade.price
      on upgrade rule start_over
        when upgrade.price > $50
        set quota = $0

      """)

  static let twoRescues = DiagnosticCode(
    id: "P0313", title: "two rescues",
    explanation: """
      Before a denial one rule may act, and the decision is then taken once more. Two rules that may act before the \
      same denial must exclude each other.
      """,
    example: """
      policy funding "Who pays."
      setting generous : bool = on
      setting rich : bool = on
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost
      before denial broke rule help_out
        when generous
        credit $5 to balance
      before denial broke rule help_more
        when rich
        credit $50 to balance

      """)

  static let nobodyDecides = DiagnosticCode(
    id: "P0314", title: "nobody decides",
    explanation: """
      A payment draws the buckets in order. What the last of them cannot pay must be denied with a code, so the last \
      bucket names one: `bucket balance draw 30 else insufficient_balance`. Without any bucket there is nothing to \
      pay from.
      """,
    example: """
      policy funding "Who pays."
      bucket balance draw 10
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let tooManyToCompare = DiagnosticCode(
    id: "P0315", title: "too many rules to compare",
    explanation: """
      Rules that must exclude each other are compared pair by pair, up to 20,000 pairs for one event. Beyond that \
      nothing is said about the rest. So many rules usually differ only in a value: a table says that better. The \
      example is read under a limit of 1 pair.
      """,
    example: """
      policy funding "Who pays."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule small when request.cost < $1 pay request.cost
      on request rule middle when request.cost in $1..$9 pay request.cost
      on request rule large when request.cost > $9 pay request.cost

      """, limits: .with { $0.comparedPairs = 1 })
}
