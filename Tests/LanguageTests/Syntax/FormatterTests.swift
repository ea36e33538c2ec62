import Diagnostics
import Language
import Testing

/// The one usual layout.
@Suite struct FormatterTests {
  static let rows: [(text: String, formatted: String)] = [
    ("let a=b", "let a = b\n"),
    ("let   a  =  ( b+c ) *d\n", "let a = (b + c) * d\n"),
    ("let a = min( b ,c )\r\n", "let a = min(b, c)\n"),
    ("let a = - b - -c\n", "let a = -b - -c\n"),
    ("let a = b -c\n", "let a = b - c\n"),
    ("let a = 4/5\n", "let a = 4/5\n"),
    ("let a = b . c in 0 .. 5\n", "let a = b.c in 0..5\n"),
    ("let a = b in -5 .. -c\n", "let a = b in -5..-c\n"),
    ("let a = if(b)then(c)else(d)\n", "let a = if (b) then (c) else (d)\n"),
    ("let a = not(b)and(c)\n", "let a = not (b) and (c)\n"),
    ("let a = round up(b)\n", "let a = round up (b)\n"),
    ("let a = round down to 1 cent(b)\n", "let a = round down to 1 cent (b)\n"),
    ("let a = round half even(b)\n", "let a = round half even (b)\n"),
    ("on a rule b pay (c) emit d(e)\n", "on a rule b pay (c) emit d(e)\n"),
    ("setting a :money or none=none   per key\n", "setting a: money or none = none per key\n"),
    ("setting a: up|down=up\n", "setting a: up | down = up\n"),
    ("table t by a:money gives b:bool\n row<$5->on\n", "table t by a: money gives b: bool\n  row < $5 -> on\n"),
    ("denial x   402 rank 70   \"a  b\"\n", "denial x 402 rank 70 \"a  b\"\n"),
    ("setting a:money in $0 .. $5=$1", "setting a: money in $0..$5 = $1\n"),
    ("bucket a draw 1 keeps lots   by(b)else c", "bucket a draw 1 keeps lots by (b) else c\n"),
    ("event a b:hold   else c,d:card or none", "event a b: hold else c, d: card or none\n"),
    ("on a rule b collect (c)from d\n   for e   else f", "on a rule b collect (c) from d\n  for e else f\n"),
    ("derive payment . a=payment.b", "derive payment.a = payment.b\n"),
    // Indentation.
    ("gate a rule b\n\twhen c\n        else d", "gate a rule b\n  when c\n  else d\n"),
    ("let a =\n b +\n      c\n", "let a =\n  b +\n  c\n"),
    // Blank lines.
    ("\n\n\nlet a = b\n\n\n\nlet c = d\n\n\n", "let a = b\n\nlet c = d\n"),
    ("let a = b\nlet c = d", "let a = b\nlet c = d\n"),
    ("gate a rule b\n\n\n  when c else d", "gate a rule b\n\n  when c else d\n"),
    ("", ""),
    ("\n\n", ""),
    // Comments.
    ("#a  \n  #b\nlet a = b#c", "#a\n#b\nlet a = b  #c\n"),
    ("let a =     # why\n# because\n b", "let a =  # why\n  # because\n  b\n"),
    ("let a = b\n    # about a\n# about c\nlet c = d", "let a = b\n  # about a\n# about c\nlet c = d\n"),
    ("let a = b\n\n    # about c\nlet c = d", "let a = b\n\n# about c\nlet c = d\n"),
    (
      "let a = b\n  # at the end\n  # of a\n\n  # of the file\n",
      "let a = b\n  # at the end\n  # of a\n\n# of the file\n"
    ),
    ("# only", "# only\n"),
    // Long lines.
    (
      "on topup rule a_rule_with_a_long_name when topup.card is set collect topup.amount from topup.card for balance else card_declined",
      "on topup rule a_rule_with_a_long_name\n  when topup.card is set collect topup.amount from topup.card for balance\n  else card_declined\n"
    ),
    (
      "deny request rule a_rule_with_a_long_name when balance.available < request.cost and not subscribed with insufficient_balance",
      "deny request rule a_rule_with_a_long_name\n  when balance.available < request.cost and not subscribed\n  with insufficient_balance\n"
    ),
    (
      "gate balance rule a_rule_with_a_long_name when if subscribed then enabled else balance > $0 else quota_exceeded_today # why",
      "gate balance rule a_rule_with_a_long_name\n  when if subscribed then enabled else balance > $0\n  else quota_exceeded_today  # why\n"
    ),
    (
      "cap total rule a_rule_with_a_long_name at key_limit - key_spent_so_far when (enabled or subscribed) else key_quota_exceeded",
      "cap total rule a_rule_with_a_long_name\n  at key_limit - key_spent_so_far\n  when (enabled or subscribed)\n  else key_quota_exceeded\n"
    ),
    (
      "setting amount_of_an_automatic_topup: money = $50 must amount >= minimum else \"the minimum top-up is {minimum}\" from 2026-07-01 $60",
      "setting amount_of_an_automatic_topup: money = $50\n  must amount >= minimum else \"the minimum top-up is {minimum}\"\n  from 2026-07-01 $60\n"
    ),
    (
      "on request rule a_rule_with_quite_a_long_name collect a_rather_long_amount from the_card_on_file for the_balance_bucket",
      "on request rule a_rule_with_quite_a_long_name collect a_rather_long_amount from the_card_on_file for the_balance_bucket\n"
    ),
  ]

  @Test(arguments: rows)
  func textIsLaidOut(_ row: (text: String, formatted: String)) {
    let outcome = Formatter.format(Source(name: "a.rules", text: row.text))
    #expect(outcome.diagnostics.isEmpty)
    #expect(outcome.text == row.formatted)
    #expect(outcome.isChanged == (row.text != row.formatted))
    expectStable(row.text, name: "a.rules")
  }

  static let texts: [String] =
    FamilyTexts.all + DeclarationRows.all.map(\.text)
    + ParsingTests.expressions.map { "let x = \($0.text)\n" }

  @Test(arguments: texts)
  func formattingKeepsTheMeaningAndIsStable(_ text: String) { expectStable(text, name: "a.rules") }

  private func expectStable(_ text: String, name: String) {
    let once = Formatter.format(Source(name: name, text: text))
    #expect(once.diagnostics.isEmpty)
    let twice = Formatter.format(Source(name: name, text: once.text))
    #expect(twice.text == once.text)
    #expect(!twice.isChanged)
    #expect(tokens(once.text) == tokens(text))
    if name.hasSuffix(".rules") { #expect(Reading(once.text).dump == Reading(text).dump) }
    for line in once.text.split(separator: "\n", omittingEmptySubsequences: false) {
      #expect(line.last != " " && line.last != "\t" && line.last != "\r")
    }
    #expect(!once.text.contains("\n\n\n"))
  }

  private func tokens(_ text: String) -> [String] {
    var sources = SourceMap()
    let stream = Lexer.tokens(of: sources.add(Source(name: "", text: text)), in: sources)
    return stream.tokens.map { "\($0.kind) \($0.text) \($0.value)" } + stream.comments.map(\.text)
  }

  @Test func brokenFilesAreLeftAlone() {
    for text in ["let   a = \n", "let   a = 1.5\r\n", "  let   a = b"] {
      let outcome = Formatter.format(Source(name: "a.rules", text: text))
      #expect(outcome.text == text)
      #expect(!outcome.isChanged)
      #expect(!outcome.diagnostics.isEmpty)
    }
    let bytes: [UInt8] = [0xFF, 0x20, 0x20, 0x0A]
    #expect(Formatter.format(Source(name: "a.rules", bytes: bytes)).bytes == bytes)
  }

  @Test func scenariosKeepTheirLinesAndColumns() {
    let expected = FamilyTexts.scenario
    let untidy = """
      # Hybrid billing.
      scenario   "Hybrid billing: 100 of quota left, the request needs 150"
      given plan quota 1000 units,quota is 100 units , balance is $20, fallback.enabled on
      when request costing 150 units
        then allowed
        quota pays 100 units, balance pays 50 units
          balance is $19.9999
      """
    for name in ["a.scenario", "typed"] {
      let source = Source(name: name, text: name == "typed" ? String(untidy.dropFirst(18)) : untidy)
      let outcome = Formatter.format(source)
      #expect(outcome.text == (name == "typed" ? String(expected.dropFirst(18)) : expected))
      #expect(Formatter.format(Source(name: name, text: outcome.text)).text == outcome.text)
    }
    #expect(!Formatter.format(Source(name: "a.scenario", text: expected)).isChanged)
  }

  @Test func scenarioStepsAndCommentsLineUp() {
    let text = """
      scenario "x"
      # first
      given a is $1 # why
       # more
          b is $2
      and c is -$3
      then

        d is $4
        # the end
      """
    let expected = """
      scenario "x"
      # first
      given  a is $1  # why
             # more
             b is $2
      and    c is -$3
      then

             d is $4
             # the end

      """
    #expect(Formatter.format(Source(name: "a.scenario", text: text)).text == expected)
    expectStable(text, name: "a.scenario")
  }
}
