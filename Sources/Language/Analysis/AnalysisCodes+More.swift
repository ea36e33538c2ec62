// Tables.
extension DiagnosticCode {
  static let tableGap = DiagnosticCode(
    id: "P0321", title: "gap in a table",
    explanation: """
      In a `unique` table every value has exactly one row. The smallest value without a row is shown, and the row that \
      would close the gap. Amounts are exact to a billionth of a dollar: `> $20` and `<= $20` meet, `> $20` and \
      `< $20` leave $20 out.
      """,
    example: """
      policy warnings "Levels."
      table band unique by amount: money gives level: low | fine
        row < $20 -> low
        row > $20 -> fine
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge when band(balance) is fine pay request.cost

      """)

  static let tableOverlap = DiagnosticCode(
    id: "P0322", title: "rows that overlap",
    explanation: """
      In a `unique` table every value has exactly one row; two rows here cover the same. Narrow one of them. If the \
      first that fits should count, say so: `table NAME first by …`.
      """,
    example: """
      policy warnings "Levels."
      table band unique by amount: money gives level: low | fine
        row <= $20 -> low
        row >= $20 -> fine
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge when band(balance) is fine pay request.cost

      """)

  static let rowNeverReached = DiagnosticCode(
    id: "P0323", title: "row never reached",
    explanation: """
      The row covers nothing its columns can be, or, in a `first` table, the rows before it cover all that it covers. \
      Delete it or move it up.
      """,
    example: """
      policy warnings "Levels."
      table band first by amount: money gives level: low | fine
        row < $20 -> low
        row < $5  -> low
        row any   -> fine
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge when band(balance) is fine pay request.cost

      """)

  static let tableTooLarge = DiagnosticCode(
    id: "P0324", title: "table too large to search",
    explanation: """
      Gaps and overlaps of a table with several columns are found by walking along every column. For this table that \
      took too many steps, so nothing is known about it. Tables of one column are always searched. The example is \
      read under a limit of 2 steps.
      """,
    example: """
      policy warnings "Levels."
      table band unique by amount: money, kind: old | new gives level: low | fine
        row < $20,  any -> low
        row >= $20, old -> fine
        row >= $20, new -> low
      setting kind : old | new = old
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge when band(balance, kind) is fine pay request.cost

      """, limits: .with { $0.tableSteps = 2 })
}

// Declarations nobody uses.
extension DiagnosticCode {
  static let settingUnused = DiagnosticCode(
    id: "P0331", title: "setting not used",
    explanation: """
      No rule, promise or `let` reads the setting, so changing it changes nothing. A rule of its own family that sets it \
      and its own `must` condition do not count as readers; a promise does, and so does a rule of another family that \
      sets it: what families share is kept for those that may be left out.
      """,
    example: """
      policy limits "Caps."
      setting ceiling : money = $5
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let letUnused = DiagnosticCode(
    id: "P0332", title: "let not used",
    explanation: "Nothing reads this `let`. Delete it, or use it where its expression is written out again.",
    example: """
      policy limits "Caps."
      let low = balance < $5
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let denialUnused = DiagnosticCode(
    id: "P0333", title: "denial not used",
    explanation: """
      No rule, bucket, event or field denies with this code, so no caller ever gets it. A `before denial` rule does not deny \
      and does not count.
      """,
    example: """
      policy limits "Caps."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      denial too_large 402 rank 10 "Too large"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let meterUnused = DiagnosticCode(
    id: "P0334", title: "meter not used",
    explanation: "Nothing reads this meter. It counts at every event for nobody: cap something by it, or delete it.",
    example: """
      policy limits "Caps."
      bucket balance draw 10 else broke
      meter spent = sum of payments each month
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let tableUnused = DiagnosticCode(
    id: "P0335", title: "table not used",
    explanation: "No expression looks anything up in this table.",
    example: """
      policy warnings "Levels."
      table band unique by amount: money gives level: low | fine
        row < $20  -> low
        row >= $20 -> fine
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let eventUnused = DiagnosticCode(
    id: "P0336", title: "event not used",
    explanation: """
      No rule, derived field, meter or promise mentions the event, so it would be accepted and change nothing.
      """,
    example: """
      policy funding "Who pays."
      event survey "an answer"
        score: integer in 0..10
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event request "a call"
        cost: money in $0..$100
      on request rule charge pay request.cost

      """)

  static let bucketNeverDrawn = DiagnosticCode(
    id: "P0337", title: "bucket never drawn",
    explanation: """
      No payment can reach the bucket: no rule pays, or its gates are never open together. Money put there stays.
      """,
    example: """
      policy funding "Who pays."
      bucket balance draw 10 else broke
      denial broke 402 rank 90 "No money"
      event grant "a gift"
        amount: money in $0..$100
      on grant rule give credit grant.amount to balance

      """)
}
