extension DiagnosticCode {
  public static let fileTooLarge = DiagnosticCode(
    id: "P0001", title: "file too large",
    explanation: """
      A rule file or scenario may have one mebibyte. The largest policies people write are a hundredth of that, so a \
      larger file is a mistake or a price list. Split the file, or keep a long table in a CSV file and write \
      `table … from "prices.csv"`. The example is read under a limit of 24 bytes.
      """,
    example: "policy funding \"Who pays.\"\n", limits: .with { $0.fileBytes = 24 })

  public static let tooManyTokens = DiagnosticCode(
    id: "P0002", title: "too many words in one file",
    explanation: """
      A file may have 100,000 words, numbers and symbols. Split it into several families, or keep a long table in a \
      CSV file. The example is read under a limit of 4.
      """,
    example: "policy funding \"Who pays.\"\nlet low = $5\n", limits: .with { $0.fileTokens = 4 })

  public static let notUTF8 = DiagnosticCode(
    id: "P0003", title: "not UTF-8",
    explanation: """
      Rule files are UTF-8 text. Bytes that are not, and the mark U+FFFD that a program leaves where it lost a \
      character, are refused, because nobody can tell what was meant. Save the file as UTF-8 and type the lost \
      characters again. Only the first place in a file is shown.
      """,
    example: "policy funding \"Who pays for caf\u{FFFD}.\"\n")

  public static let controlCharacter = DiagnosticCode(
    id: "P0004", title: "control or invisible character",
    explanation: """
      Characters that cannot be seen, or that turn the direction of the text after them, make a rule read as something \
      it is not. They are refused everywhere, in comments and quoted texts too. Delete the character. Only the first \
      one in a file is shown.
      """,
    example: "policy funding \"Who pays.\" \u{1}\n")

  public static let unexpectedCharacter = DiagnosticCode(
    id: "P0005", title: "unexpected character",
    explanation: """
      The character means nothing in rules. Names use the letters a to z, digits and `_`; every other name or text \
      stands in double quotes. No line ends in `;`, and lines that belong together are indented, not bracketed.
      """,
    example: "let low = $5;\n")

  public static let textNotClosed = DiagnosticCode(
    id: "P0006", title: "text not closed",
    explanation: """
      A text begins and ends with `"` on one line. Without the closing quote all that follows would be read as part \
      of it. Write a line break inside a text as `\\n`, and a quote as `\\"`.
      """,
    example: "policy funding \"Who pays.\nlet low = $5\n")

  public static let textTooLong = DiagnosticCode(
    id: "P0007", title: "text too long",
    explanation: """
      Quoted texts are read by people: callers, customers, support. They may have 1,000 bytes. Say it in one sentence \
      and put the rest in a comment. The example is read under a limit of 20 bytes.
      """,
    example: "policy funding \"Who pays, and in which order, and why.\"\n", limits: .with { $0.textBytes = 20 })

  public static let unknownEscape = DiagnosticCode(
    id: "P0008", title: "unknown escape",
    explanation: """
      Inside quotes a backslash begins an escape. There are three: `\\"` for a quote, `\\\\` for a backslash, `\\n` \
      for a line break. Write `\\\\` where the backslash itself is meant.
      """,
    example: "policy funding \"Who\\pays.\"\n")

  public static let identifierTooLong = DiagnosticCode(
    id: "P0009", title: "name too long",
    explanation: """
      A name may have 64 letters, digits and `_`. It has to fit a line of a trace and the head of a table. Choose a \
      shorter one and say the rest in a comment.
      """,
    example: "let the_amount_of_money_below_which_a_customer_is_told_that_it_is_time_to_pay = $5\n")

  public static let numberTooLarge = DiagnosticCode(
    id: "P0010", title: "number too large",
    explanation: """
      Whole numbers go up to 9223372036854775807, amounts of money to one billion dollars, rates to $10000 per million \
      tokens, and the parts of a percentage to about two billion. Beyond that nothing would be exact.
      """,
    example: "let much = 9223372036854775808\n")

  public static let decimalWithoutUnit = DiagnosticCode(
    id: "P0011", title: "decimals without a unit",
    explanation: """
      Only money and percentages have decimals: `$1.50`, `12.5%`. A bare `1.5` would have to be a floating-point \
      number, and there are none, because they are never exact. Write a fraction such as `3 / 2`, or a smaller unit \
      such as `90 minutes`.
      """,
    example: "let factor = 1.5\n")

  public static let numberRunsIntoWord = DiagnosticCode(
    id: "P0012", title: "number runs into a word",
    explanation: """
      Letters right behind a number must be `k` (thousand), `M` (million) or `G` (billion). Units are words of their \
      own: `1 hour`, `30 seconds`, `150 units`.
      """,
    example: "let patience = 1h\n")

  public static let tooManyDecimals = DiagnosticCode(
    id: "P0013", title: "too many decimals",
    explanation: """
      Money is exact to a billionth of a dollar, nine decimals, and a percentage to seven. More cannot be kept, and \
      nothing is ever rounded silently. Round it where it is written.
      """,
    example: "let crumb = $0.0000000001\n")

  public static let loneDollar = DiagnosticCode(
    id: "P0014", title: "`$` without an amount",
    explanation: """
      `$` begins an amount, and its digits stand right behind it: `$5`, `$0.05`. A negative amount has its sign in \
      front: `-$5`.
      """,
    example: "let low = $ 5\n")

  public static let otherCurrency = DiagnosticCode(
    id: "P0015", title: "another currency",
    explanation: """
      All amounts are US dollars, so that adding two of them always makes sense. Convert the amount before it reaches \
      the rules and write it with `$`.
      """,
    example: "let low = €5\n")

  public static let impossibleTime = DiagnosticCode(
    id: "P0016", title: "no such day or time",
    explanation: """
      Times are written as `2026-07-01`, `2026-07-01 10:00` or `2026-07-01T10:00:00Z`, always in UTC, from 1970 to \
      9999. The day must exist, hours end at 23, and there are no leap seconds.
      """,
    example: "cycle from 2026-02-30\n")

  public static let foreignOperator = DiagnosticCode(
    id: "P0017", title: "operator of another language",
    explanation: """
      Rules are read aloud by people who do not program. They compare with `=`, `!=`, `<`, `<=`, `>`, `>=` and `is`, \
      and join with the words `and`, `or` and `not`.
      """,
    example: "always balance >= $0 && quota >= $0 \"nothing goes below zero\"\n")

  public static let commaInMoney = DiagnosticCode(
    id: "P0018", title: "comma inside an amount",
    explanation: """
      Commas part the entries of a list, so `$1,000` would be two numbers. Write `$1000`, or `$1_000` where that is \
      easier to read.
      """,
    example: "let plenty = $1,000\n")

  public static let foreignQuotes = DiagnosticCode(
    id: "P0019", title: "quotes of another kind",
    explanation: """
      Texts stand in straight double quotes. Word processors turn them into curly ones; switch that off, or type them \
      again.
      """,
    example: "policy funding 'Who pays.'\n")

  public static let foreignComment = DiagnosticCode(
    id: "P0020", title: "comment of another language",
    explanation: "A comment begins with `#` and ends with its line.",
    example: "let low = $5  // until further notice\n")
}

extension Limits {
  /// The standard limits with a change.
  static func with(_ change: (inout Limits) -> Void) -> Limits {
    var limits = Limits.standard
    change(&limits)
    return limits
  }
}
