import Language

extension DiagnosticCode {
  /// Mistakes in scenarios. The examples are scenario files, read against ``ScenarioDemo``.
  public static let scenarioCodes: [DiagnosticCode] = [
    scenarioKeyword, scenarioTitle, scenarioLine, scenarioClock, scenarioEmpty, scenarioTwice, unknownEvent,
    unknownField,
    unknownFact, severalFacts, scenarioValue, unknownKey, unknownDenial, unknownRule, thenBeforeWhen, missingField,
    fieldTwice, unknownNotice, keyNotWanted, unknownTable, notABucket, openingPayment, providerAnswer, unknownNumber,
  ]

  static let scenarioKeyword = DiagnosticCode(
    id: "P0401", title: "not a line of a scenario",
    explanation: """
      Each line of a scenario begins in the first column with `scenario`, `at`, `given`, `when`, `then` or `and`, or it is \
      indented and goes on with the line above. `and` repeats the word above it.
      """,
    example: """
      scenario "A request is paid"
      givn balance is $5
      when request costing $1
      then allowed
      """)

  static let scenarioTitle = DiagnosticCode(
    id: "P0402", title: "a scenario without a title",
    explanation: """
      The title says in one sentence what the scenario shows. Reports, coverage and `payg explain` cite it. `needs holds` \
      behind it names other families the scenario speaks of: without them it is left out. `skip` needs a reason, since a \
      test nobody runs should say why.
      """,
    example: """
      scenario
      when request costing $1
      then allowed
      """)

  static let scenarioLine = DiagnosticCode(
    id: "P0403", title: "a line that cannot be read",
    explanation: """
      A `given` line holds statements such as `balance is $20`, a `when` line holds one event with its fields, a `then` line \
      holds checks. Statements are separated by commas or stand on lines of their own; a line that ends with a comma goes \
      on with the next.
      """,
    example: """
      scenario "A request is paid"
      given balance is $5 quota is $1
      when request costing $1
      then allowed
      """)

  static let scenarioClock = DiagnosticCode(
    id: "P0404", title: "the clock is set twice, or back",
    explanation: """
      `at TIME` starts the clock of a scenario, once, before anything else; without it the clock starts at 2026-01-01. Later \
      on it moves forward only: with `when clock to TIME`, `when clock forward 1 hour`, or `at TIME` behind an event.
      """,
    example: """
      scenario "Time passes"
      at 2026-01-10
      when clock to 2026-01-09
      then balance is $0
      """)

  static let scenarioEmpty = DiagnosticCode(
    id: "P0405", title: "a scenario that checks nothing",
    explanation: """
      A scenario without a `then` line cannot fail, so it tests nothing and still looks like a test. State what should come \
      true.
      """,
    example: """
      scenario "A request is paid"
      given balance is $5
      when request costing $1
      """)

  static let scenarioTwice = DiagnosticCode(
    id: "P0406", title: "two scenarios with one title",
    explanation: """
      Reports name scenarios by file and title. Two with one title in a file cannot be told apart there, and one is often a \
      copy whose title was forgotten.
      """,
    example: """
      scenario "A request is paid"
      given balance is $5
      when request costing $1
      then allowed

      scenario "A request is paid"
      when request costing $1
      then denied
      """)

  static let unknownEvent = DiagnosticCode(
    id: "P0410", title: "an unknown event",
    explanation: """
      A `when` line names an event that some loaded rule file declares with `event`. If the name is right, the family that \
      declares it may be missing from the folder.
      """,
    example: """
      scenario "A request is paid"
      given balance is $5
      when reqest costing $1
      then allowed
      """)

  static let unknownField = DiagnosticCode(
    id: "P0411", title: "an unknown field of an event",
    explanation: """
      Behind an event stand its fields, each a name and a value, separated by commas. Derived fields are computed by the \
      rules and cannot be given.
      """,
    example: """
      scenario "A request is paid"
      given balance is $5
      when request costng $1
      then allowed
      """)

  static let missingField = DiagnosticCode(
    id: "P0412", title: "an event without a field it needs",
    explanation: "A field that has no default and cannot be none must be given with each event.",
    example: """
      scenario "A gift"
      when grant
      then balance is $0
      """)

  static let fieldTwice = DiagnosticCode(
    id: "P0413", title: "a field given twice",
    explanation: "Each field of an event has one value. Of two, nobody could say which was meant.",
    example: """
      scenario "A request is paid"
      given balance is $5
      when request costing $1, costing $2
      then allowed
      """)

  static let unknownFact = DiagnosticCode(
    id: "P0420", title: "an unknown setting, bucket or meter",
    explanation: """
      A `given` line and `when set` name a setting, a bucket or a meter of the loaded rules, with its family \
      (`limits.spending_limit`) or without where only one family has it. What rules compute, such as a `let`, cannot be set.
      """,
    example: """
      scenario "A request is paid"
      given blance is $5
      when request costing $1
      then allowed
      """)

  static let severalFacts = DiagnosticCode(
    id: "P0421", title: "a name that several families have",
    explanation: "Write the family before it: `topup.enabled` instead of `enabled`.",
    example: """
      scenario "A switch"
      given enabled on
      when request costing $0
      then allowed
      """)

  static let scenarioValue = DiagnosticCode(
    id: "P0422", title: "a value that does not fit",
    explanation: """
      What a scenario states is a plain value of the right type: `$5`, `100 tokens`, `on`, `2026-02-01`, a member of a \
      closed list, a name. It is not computed from facts, so that it reads the same to everybody.
      """,
    example: """
      scenario "A request is paid"
      given balance is 5
      when request costing $1
      then allowed
      """)

  static let unknownKey = DiagnosticCode(
    id: "P0423", title: "an unknown key",
    explanation: """
      A scenario has the keys it states with `given key NAME`, and where it states none the one key `k1`. To make a request \
      with a key the account does not have, write `key none`.
      """,
    example: """
      scenario "A key"
      given key alice, balance is $5
      when request costing $1, key alicia
      then allowed
      """)

  static let keyNotWanted = DiagnosticCode(
    id: "P0424", title: "a key where there is none, or none where one is needed",
    explanation: """
      Settings and meters are declared `per key`, per account or `global`. A value of a key is stated with `for key NAME` or \
      inside `key NAME with …`, a global one with or without the word `global` before it.
      """,
    example: """
      scenario "Two keys"
      given key alice, key bob
            key_limit is $5
      when request costing $1
      then denied
      """)

  static let unknownTable = DiagnosticCode(
    id: "P0425", title: "a table row that does not fit",
    explanation: """
      `table NAME CELLS is VALUES` adds a row to a table of the rules for this one scenario, or replaces the row for the same \
      cells. It names a table and has a cell for each column the table is by, and a value for each it gives.
      """,
    example: """
      scenario "A price"
      given table prices "mini" is $1 per 1M tokens
      when request costing $0
      then allowed
      """)

  static let openingPayment = DiagnosticCode(
    id: "P0426", title: "an opening payment that cannot be",
    explanation: """
      `given payment "p1" $20` states what the customer paid before: a lot of the bucket that keeps lots, which can be \
      refunded and disputed later. `card visa` says with what it was paid, `with $7.50 spent` how much of it is gone. Each \
      payment has an id of its own.
      """,
    example: """
      scenario "A payment"
      given payment "p1" $20 with $25 spent
      then balance is $0
      """)

  static let providerAnswer = DiagnosticCode(
    id: "P0427", title: "an answer no payment provider gives",
    explanation: """
      `given provider declines` says what the payment provider answers to the next question: it `pays`, `declines`, `waits` \
      (the answer comes later) or `fails`. Several lines queue up, `3 times` repeats one, and after the last of them it pays.
      """,
    example: """
      scenario "A card is declined"
      given provider refuses
      when request costing $0
      then allowed
      """)

  static let thenBeforeWhen = DiagnosticCode(
    id: "P0430", title: "a check of an event before there is one",
    explanation: """
      `allowed`, `denied`, `pays`, `notified` and the like speak of the last `when` line above. Facts such as `balance is $5` \
      can be checked at any time.
      """,
    example: """
      scenario "Too early"
      given balance is $5
      then allowed
      """)

  static let unknownDenial = DiagnosticCode(
    id: "P0431", title: "an unknown denial",
    explanation: "`denied with CODE` names a code that some rule file declares with `denial`.",
    example: """
      scenario "No money"
      when request costing $1
      then denied with insufficient_balanse
      """)

  static let unknownRule = DiagnosticCode(
    id: "P0432", title: "an unknown rule",
    explanation: """
      `by` and `rule NAME fired` name a rule of the loaded families, as `limits.cycle_limit`, or as `cycle_limit` where only \
      one family has it. The last cent of a bucket is decided by the bucket: `by balance`.
      """,
    example: """
      scenario "A reaction"
      given balance is $5
      when request costing $1
      then rule fel_low fired
      """)

  static let unknownNotice = DiagnosticCode(
    id: "P0433", title: "a notice no rule sends",
    explanation: "`notified LEVEL` names a level that some rule sends with `notify`.",
    example: """
      scenario "A notice"
      given balance is $5
      when request costing $1
      then notified lo
      """)

  static let notABucket = DiagnosticCode(
    id: "P0434", title: "not a bucket",
    explanation: "`NAME pays AMOUNT` checks what the last event drew from a bucket, so the name is a bucket's.",
    example: """
      scenario "Who pays"
      given balance is $5
      when request costing $1
      then balence pays $1
      """)

  static let unknownNumber = DiagnosticCode(
    id: "P0435", title: "an unknown number of a hold, a payment or a refund",
    explanation: """
      `NUMBER of payment ID is VALUE` checks what the account has on record, such as `unspent of payment "t1" is $5` or \
      `state of hold "h1" is settled`. The numbers are those the rules read (`refund.payment.unspent`), the fields of the \
      event that made a hold, and what rules derive of each payment.
      """,
    example: """
      scenario "What is left of a payment"
      given payment "p1" $20
      then unspend of payment "p1" is $20
      """)
}
