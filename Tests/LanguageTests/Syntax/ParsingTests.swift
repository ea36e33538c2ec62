import Diagnostics
import Language
import Testing

/// What each form is read as.
@Suite struct ParsingTests {
  @Test(arguments: FamilyTexts.all)
  func familyIsReadWithoutComplaint(_ text: String) {
    let reading = Reading(text)
    #expect(reading.report == "")
    #expect(reading.spansAreInside)
    #expect(!reading.file.declarations.isEmpty)
  }

  @Test(arguments: DeclarationRows.all)
  func declarationIsRead(_ row: (text: String, tree: String)) {
    let reading = Reading(row.text)
    #expect(reading.report == "")
    #expect(reading.dump == row.tree)
  }

  static let expressions: [(text: String, tree: String)] = [
    // Literals.
    ("500_000", "500000"),
    ("10k", "10000"),
    ("100M", "100000000"),
    ("2G", "2000000000"),
    ("9223372036854775807", "9223372036854775807"),
    ("$5", "$5.00"),
    ("$0.006", "$0.006"),
    ("$1_000", "$1000.00"),
    ("$0.000000001", "$0.000000001"),
    ("$1000000000", "$1000000000.00"),
    ("20%", "20%"),
    ("12.5%", "12.5%"),
    ("0%", "0%"),
    ("150%", "150%"),
    ("150 units", "$0.0003"),
    ("1 unit", "$0.000002"),
    ("1 cent", "$0.01"),
    ("10 cents", "$0.10"),
    ("500_000 units", "$1.00"),
    ("100 tokens", "100tok"),
    ("1 token", "1tok"),
    ("1M tokens", "1000000tok"),
    ("1 hour", "[1 hour]"),
    ("90 minutes", "[90 minutes]"),
    ("30 seconds", "[30 seconds]"),
    ("7 days", "[7 days]"),
    ("2 weeks", "[2 weeks]"),
    ("500 milliseconds", "[500 milliseconds]"),
    ("2026-07-01", "2026-07-01T00:00:00Z"),
    ("2026-07-01 10:00", "2026-07-01T10:00:00Z"),
    ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z"),
    ("2026-07-01T10:00:00.25Z", "2026-07-01T10:00:00.25Z"),
    ("$2.50 per 1M tokens", "[$2.50 per 1M tokens]"),
    ("$0.0025 per 1k tokens", "[$2.50 per 1M tokens]"),
    ("$0.000001 per token", "[$1.00 per 1M tokens]"),
    ("$10000 per 1M tokens", "[$10000.00 per 1M tokens]"),
    ("on", "on"),
    ("off", "off"),
    ("none", "none"),
    ("\"gpt-4o\"", "\"gpt-4o\""),
    // Names.
    ("a", "a"),
    ("a.b", "a.b"),
    ("a.b.c", "a.b.c"),
    ("a.b.c.d.e", "(.e (.d a.b.c))"),
    ("hold.limit", "hold.limit"),
    ("tokens", "tokens"),
    ("set", "set"),
    ("last", "last"),
    ("round", "round"),
    ("previous", "previous"),
    ("any", "any"),
    ("a.none", "a.none"),
    ("5 * units", "(* 5 units)"),
    // Precedence.
    ("a or b and not c", "(or a (and b (not c)))"),
    ("not a and b", "(and (not a) b)"),
    ("not a = b", "(not (= a b))"),
    ("not not a", "(not (not a))"),
    ("a or b or c", "(or (or a b) c)"),
    ("a + b * c - d / e", "(- (+ a (* b c)) (/ d e))"),
    ("a - b - c", "(- (- a b) c)"),
    ("(a + b) * c", "(* (+ a b) c)"),
    ("-a + b", "(+ (- a) b)"),
    ("-a * b", "(* (- a) b)"),
    ("a - -b", "(- a (- b))"),
    ("--a", "(- (- a))"),
    ("a * -b", "(* a (- b))"),
    ("-a.b", "(- a.b)"),
    ("4/5", "(/ 4 5)"),
    ("a+b<c*d", "(< (+ a b) (* c d))"),
    ("a < b and c >= d", "(and (< a b) (>= c d))"),
    ("(a < b) = c", "(= (< a b) c)"),
    // Comparisons in words.
    ("a is b", "(= a b)"),
    ("a is not $0", "(!= a $0.00)"),
    ("a is none", "(none? a)"),
    ("a is set", "(set? a)"),
    ("a is not none", "(set? a)"),
    ("a is not set", "(none? a)"),
    ("a is on", "(= a on)"),
    ("a = none", "(= a none)"),
    ("a != b", "(!= a b)"),
    ("a + b is set or c", "(or (set? (+ a b)) c)"),
    ("not a is set", "(not (set? a))"),
    ("a in 1..5", "(in a 1 5)"),
    ("a in $0..b + c and d", "(and (in a $0.00 (+ b c)) d)"),
    ("a in -5..-1", "(in a (- 5) (- 1))"),
    ("now in 2026-07-01..2026-08-01", "(in now 2026-07-01T00:00:00Z 2026-08-01T00:00:00Z)"),
    // Forms.
    ("min(a, b)", "(min() a b)"),
    ("f()", "(f())"),
    ("f (a)", "(f() a)"),
    ("price(m).input * 2", "(* (.input (price() m)) 2)"),
    ("f(a or b, if c then d else e)", "(f() (or a b) (if c d e))"),
    ("if a then b else if c then d else e", "(if a b (if c d e))"),
    ("if a then b else c + d", "(if a b (+ c d))"),
    ("1 + if a then b else c", "(+ 1 (if a b c))"),
    ("round up (a)", "(round up a)"),
    ("round down to 1 cent (a / 3)", "(round down to $0.01 (/ a 3))"),
    ("round half even (a)", "(round half even a)"),
    ("round half up to step (a)", "(round half up to step a)"),
    ("round up to (a + b) (c)", "(round up to (+ a b) c)"),
    ("round up to 1 unit (a) + b", "(+ (round up to $0.000002 a) b)"),
    ("last collect_paid", "(last collect_paid)"),
    ("last collect_paid is none", "(none? (last collect_paid))"),
    ("now - last paid >= 1 hour", "(>= (- now (last paid)) [1 hour])"),
    ("last is none", "(none? last)"),
    ("last - first", "(- last first)"),
    ("previous balance", "(previous balance)"),
    ("previous topup.enabled = on", "(= (previous topup.enabled) on)"),
    ("previous (a + b) - c", "(- (previous (+ a b)) c)"),
    ("previous price(m).input", "(previous (.input (price() m)))"),
    ("((((a))))", "a"),
    ("a\n  + b", "(+ a b)"),
    ("a # note\n  + b", "(+ a b)"),
  ]

  @Test(arguments: expressions)
  func expressionIsRead(_ row: (text: String, tree: String)) {
    #expect(Reading.expression(row.text) == row.tree)
  }

  @Test func fieldsArePartedByCommasOrLines() {
    #expect(Reading("event e a: money,").dump == "(event e (a money))")
    #expect(Reading("event e\n  a: money,\n  otherwise bad").report == "")
    #expect(Reading("event e a: money otherwise bad").report == "")
    #expect(Reading("event e , a: money").diagnostics.map(\.code) == ["P0114"])
    #expect(Reading("event e a: money,, b: money").diagnostics.map(\.code) == ["P0114"])
  }

  @Test func expressionsAreReadOnTheirOwn() {
    var sources = SourceMap()
    let good = sources.add(Source(name: "typed", text: "balance - $5 >= limits.low"))
    let bad = sources.add(Source(name: "typed", text: "balance $5"))
    let (expression, none) = Parser.parseExpression(source: good, in: sources)
    #expect(SyntaxDump.dump(expression) == "(>= (- balance $5.00) limits.low)")
    #expect(none.isEmpty)
    let (_, some) = Parser.parseExpression(source: bad, in: sources)
    #expect(some.map(\.code) == ["P0114"])
    #expect(some.first?.span == Span(source: bad, start: 8, end: 10))
  }

  /// What a scenario needs: lines that end where they end, and several expressions on one.
  @Test func aStretchOfTheTokensCanBeRead() {
    var sources = SourceMap()
    let number = sources.add(Source(name: "a.scenario", text: "quota pays 100 units, balance is $20\nand spent = $5 +"))
    let stream = Lexer.tokens(of: number, in: sources)
    var parser = Parser(stream, source: number, in: sources)
    let second = stream.tokens.lastIndex { $0.startsLine } ?? 0
    var read: [String] = []
    parser.within(0..<second) { line in
      read.append(line.advance().text)
      read.append(line.advance().text)
      read.append(SyntaxDump.dump(line.parseExpression()))
      let comma = line.accept(.comma)
      #expect(comma != nil)
      read.append(SyntaxDump.dump(line.parseExpression()))
      #expect(line.isAtEnd)
    }
    #expect(read == ["quota", "pays", "$0.0002", "(= balance $20.00)"])
    #expect(parser.diagnostics.isEmpty)
    #expect(parser.peek().isWord("and"))
    parser.advance()
    #expect(SyntaxDump.dump(parser.parseExpression()) == "(= spent (+ $5.00 ?))")
    #expect(parser.diagnostics.map(\.code) == ["P0107"])
    parser.recover()
    parser.expectEnd(of: "step")
    #expect(parser.diagnostics.count == 1)
  }

  @Test func bracketsBelongToTheSpan() throws {
    let reading = Reading("let x = (a + b) * c")
    guard case .constant(_, let value)? = reading.file.declarations.first?.kind,
      case .binary(_, let left, _, let sign) = value.kind
    else { throw Failure("not read as a product") }
    #expect(reading.sources.text(left.span) == "(a + b)")
    #expect(reading.sources.text(value.span) == "(a + b) * c")
    #expect(reading.sources.text(sign) == "*")
    #expect(reading.sources.text(reading.file.declarations[0].span) == "let x = (a + b) * c")
  }
}

struct Failure: Error {
  let text: String

  init(_ text: String) { self.text = text }
}
