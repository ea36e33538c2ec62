extension DiagnosticCode {
  public static let unknownDeclaration = DiagnosticCode(
    id: "P0101", title: "unknown declaration",
    explanation: """
      A line that begins in the first column begins a declaration, and its first word says of which kind: `setting`, \
      `bucket`, `meter`, `deny` and so on. This word is none of them. Correct it, or indent the line if it goes on \
      with the declaration above.
      """,
    example: "seting low: money = $5\n")

  public static let declarationIndented = DiagnosticCode(
    id: "P0102", title: "declaration not in the first column",
    explanation: """
      Indented lines go on with the declaration above them, so a declaration starts in the first column. That is how \
      readers, and the parser after a mistake, see where each one begins.
      """,
    example: "  setting low: money = $5\n")

  public static let lineNotIndented = DiagnosticCode(
    id: "P0103", title: "line not indented",
    explanation: """
      The word goes on with the declaration above, so its line is indented. Only the words that begin declarations \
      stand in the first column.
      """,
    example: "deny request rule broke\nwhen balance < $1\n  with insufficient_balance\n")

  public static let nameExpected = DiagnosticCode(
    id: "P0104", title: "name expected",
    explanation: """
      Here stands the name of something: letters, digits and `_`, beginning with a letter, without quotes.
      """,
    example: "setting \"low\": money = $5\n")

  public static let textExpected = DiagnosticCode(
    id: "P0105", title: "text expected",
    explanation: """
      Here stands a sentence for people, in double quotes: what a policy is for, what a caller reads, what a promise \
      says. It is shown as it is written.
      """,
    example: "policy limits\n")

  public static let integerExpected = DiagnosticCode(
    id: "P0106", title: "whole number expected",
    explanation: """
      Here stands a plain whole number without a unit: the place of a bucket in the drawing order, a status, a rank.
      """,
    example: "bucket balance draw first\n")

  public static let expressionExpected = DiagnosticCode(
    id: "P0107", title: "expression expected",
    explanation: """
      Here stands a value or a condition: a name, an amount such as `$5`, a calculation, a comparison. Something is \
      missing before this place, or a bracket is needed.
      """,
    example: "let low = $5 +\n")

  public static let missingWord = DiagnosticCode(
    id: "P0108", title: "word or sign missing",
    explanation: """
      The grammar wants a certain word or sign here. The help line shows how the whole is written.
      """,
    example: "let low $5\n")

  public static let ruleNameMissing = DiagnosticCode(
    id: "P0109", title: "rule without a name",
    explanation: """
      Every rule has a name, after the word `rule`. Traces, coverage reports and comparisons of two versions cite it, \
      and a rule can move to another line without losing its history.
      """,
    example: "deny request when balance < $1 with insufficient_balance\n")

  public static let whenMissing = DiagnosticCode(
    id: "P0110", title: "condition missing",
    explanation: """
      A `deny` or a `gate` rule says when it applies, with `when` and a condition. Write `when on` for always.
      """,
    example: "deny request rule broke with insufficient_balance\n")

  public static let codeMissing = DiagnosticCode(
    id: "P0111", title: "denial missing",
    explanation: """
      A rule that can stop a request names the denial the caller gets: `with CODE` for a `deny` rule, `else CODE` for \
      a `gate` or a `cap`. The code is declared with `denial`.
      """,
    example: "gate balance rule fallback_is_on when enabled\n")

  public static let colonExpected = DiagnosticCode(
    id: "P0112", title: "type missing",
    explanation: """
      A setting, a field and a column have a type, behind a colon: `setting low: money = $5`. With it, mixing \
      dollars and tokens is found before a rule ever runs.
      """,
    example: "setting low = $5\n")

  public static let typeExpected = DiagnosticCode(
    id: "P0113", title: "type expected",
    explanation: """
      Types are `money`, `rate`, `tokens`, `integer`, `ratio`, `percent`, `bool`, `time`, `duration`, `name`, `key`, \
      or a choice of words such as `free | pro`. `or none` behind it allows that there is no value.
      """,
    example: "setting low: = $5\n")

  public static let unexpectedWord = DiagnosticCode(
    id: "P0114", title: "something too much",
    explanation: """
      The declaration was complete before this place, so the rest belongs to nothing. A word may be misspelled, an \
      operator or a comma missing, or a new declaration may need a line of its own.
      """,
    example: "denial broke 402 rank 90 \"Nothing left\" today\n")

  public static let clauseTwice = DiagnosticCode(
    id: "P0115", title: "given twice",
    explanation: "Each of these parts may stand once. Which of the two is meant cannot be told, so delete one.",
    example: "bucket balance draw 30 draw 40\n")

  public static let comparisonChain = DiagnosticCode(
    id: "P0116", title: "chained comparison",
    explanation: """
      A comparison is a yes or a no, which cannot be compared with an amount again. Write both comparisons and join \
      them: `low < x and x < high`, or use a range: `x in low..high`.
      """,
    example: "let fair = $1 < price < $5\n")

  public static let bracketNotClosed = DiagnosticCode(
    id: "P0117", title: "bracket not closed",
    explanation: "Every `(` has its `)` in the same declaration. The second place shown is where it was opened.",
    example: "let least = min($1, $5\n")

  public static let tooDeep = DiagnosticCode(
    id: "P0118", title: "nested too deep",
    explanation: """
      Expressions may stand 64 deep inside each other, and one may have 256 steps. Readers lose count far earlier. \
      Give a part of it a name with `let`.
      """,
    example: "let deep = " + String(repeating: "(", count: 65) + "$1" + String(repeating: ")", count: 65) + "\n")

  public static let tooManyRows = DiagnosticCode(
    id: "P0119", title: "too many rows",
    explanation: """
      A table in a rule file may have 10,000 rows. More are a price list: keep it in a CSV file and write \
      `table … from "prices.csv"`. The example is read under a limit of 1.
      """,
    example: "table fee by plan: free | pro gives fee: money\n  row free -> $1\n  row pro -> $0\n",
    limits: .with { $0.tableRows = 1 })

  public static let roundingDirection = DiagnosticCode(
    id: "P0120", title: "rounding without a direction",
    explanation: """
      Every rounding says which way, because somebody gains by it: `round up`, `round down`, `round half even` or \
      `round half up`. `to 1 cent` behind it says how far.
      """,
    example: "let fee = round to 1 cent (price / 3)\n")

  public static let rateNotExact = DiagnosticCode(
    id: "P0121", title: "rate not exact",
    explanation: """
      Rates are kept in millionths of a dollar per million tokens. This one falls between two of them, and nothing is \
      rounded silently. Write it per 1M tokens with at most six decimals.
      """,
    example: "let fee = $1 per 3 tokens\n")

  public static let unknownUnit = DiagnosticCode(
    id: "P0122", title: "unknown unit",
    explanation: """
      Numbers may have the units `units` and `cents` of money, `tokens`, and `seconds`, `minutes`, `hours`, `days`, \
      `weeks` of time. Dollars have a sign: `$5`. Months, years and business days have no fixed length.
      """,
    example: "let patience = 2 months\n")

  public static let foreignWord = DiagnosticCode(
    id: "P0123", title: "word of another language",
    explanation: "Yes and no are written `on` and `off`, no value is `none`, and a further case begins with `else if`.",
    example: "setting enabled: bool = true\n")

  public static let choiceIncomplete = DiagnosticCode(
    id: "P0124", title: "`if` without `then` or `else`",
    explanation: """
      An `if` chooses between two values, so it always has both: `if … then … else …`. A rule that applies only \
      sometimes says so with `when`.
      """,
    example: "let fee = if subscribed then $0\n")

  public static let scopeExpected = DiagnosticCode(
    id: "P0125", title: "whose value",
    explanation: """
      A setting or a meter belongs to each account, `per account`, or to each API key, `per key`; a setting may also \
      be `global`, one for all.
      """,
    example: "setting key_limit: money or none = none per user\n")

  public static let effectMissing = DiagnosticCode(
    id: "P0126", title: "rule does nothing",
    explanation: """
      Rules that begin with `on`, `after` or `before denial` name what happens: `pay request.cost`, \
      `notify low_balance`, `set enabled = on`. This one ends before that.
      """,
    example: "on request rule charge when balance > $1\n")

  public static let measureExpected = DiagnosticCode(
    id: "P0127", title: "nothing measured",
    explanation: """
      A meter adds up or counts: `sum of payments`, `sum of BUCKET payments`, `sum of EXPR on EVENT` or \
      `count of EVENT`.
      """,
    example: "meter spent = payments each cycle\n")

  public static let scenarioInRules = DiagnosticCode(
    id: "P0128", title: "scenario in a rule file",
    explanation: """
      Scenarios show what rules do and stand in files of their own, whose names end in `.scenario`, in the same folder.
      """,
    example: "scenario \"Nothing left\"\n")

  public static let reservedName = DiagnosticCode(
    id: "P0129", title: "reserved name",
    explanation: """
      The words `and`, `or`, `not`, `if`, `then`, `else`, `is`, `in`, `none`, `on` and `off` mean something in every \
      expression, so nothing else can have such a name. All other words are free.
      """,
    example: "setting none: money = $5\n")

  public static let dashInName = DiagnosticCode(
    id: "P0130", title: "dash in a name",
    explanation: """
      `-` is the minus sign, so `low-limit` would be a subtraction. Names join their words with `_`. Names from \
      outside, such as models, stand in quotes.
      """,
    example: "setting low-limit: money = $5\n")

  public static let changeExpected = DiagnosticCode(
    id: "P0131", title: "change expected",
    explanation: """
      A reform lists changes: `FAMILY.SETTING default …`, `FAMILY.RULE when …`, `FAMILY.RULE at …`, \
      `FAMILY.RULE else CODE`, `FAMILY.RULE with CODE` or `without FAMILY.RULE`.
      """,
    example: "reform \"Default limit of $20\"\n  limits.spending_limit is $20\n")

  public static let timeExpected = DiagnosticCode(
    id: "P0132", title: "date expected",
    explanation: """
      A later value of a setting begins on a date: `from 2026-07-01 $20`. Times are in UTC.
      """,
    example: "setting low: money = $5 from tomorrow $6\n")

  public static let rowsExpected = DiagnosticCode(
    id: "P0133", title: "table without rows",
    explanation: """
      A table has its rows right below it, each beginning with `row`, or takes them from a file: `from "prices.csv"`.
      """,
    example: "table price by model: name gives input: rate\n")

  public static let missingComma = DiagnosticCode(
    id: "P0134", title: "comma missing",
    explanation: "Two fields of an event on one line are parted by a comma; on lines of their own they need none.",
    example: "event hold estimate: money ttl: duration\n")

  public static let notInRange = DiagnosticCode(
    id: "P0135", title: "`not in`",
    explanation: "`not` stands before what it negates: `not x in $1..$5`.",
    example: "let odd = price not in $1..$5\n")
}
