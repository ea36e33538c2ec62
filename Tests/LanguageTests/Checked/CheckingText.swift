import Diagnostics
import Language
import Values

/// Rule texts checked for a test.
struct CheckedRules {
  var program: Program
  var diagnostics: [Diagnostic]

  /// Files in the order given, as `(name, text)`; tables by file name.
  init(
    _ files: [(name: String, text: String)], tables: [String: String] = [:], vocabulary: Vocabulary = .forTests,
    limits: Limits = .standard
  ) {
    var sources = SourceMap()
    var parsed: [FileSyntax] = []
    var mistakes: [Diagnostic] = []
    for (name, text) in files {
      let (file, found) = Parser.parse(source: sources.add(Source(name: name, text: text)), in: sources)
      parsed.append(file)
      mistakes += found
    }
    let checked = Checker.check(files: parsed, sources: sources, vocabulary: vocabulary, limits: limits) { _, name in
      tables[name].map { Source(name: name, text: $0) }
    }
    program = checked.program
    diagnostics = mistakes + checked.diagnostics
  }

  init(_ text: String, tables: [String: String] = [:]) { self.init([("test.rules", text)], tables: tables) }

  var codes: [String] { diagnostics.map(\.code) }
  var rendered: String { diagnostics.map { Renderer(sources: program.sources).render($0) }.joined(separator: "\n") }

  /// The `let` of this name.
  func constant(_ name: String) -> Expr? { program.lets.first { $0.name.hasSuffix(".\(name)") }?.value }
}

extension Vocabulary {
  /// Three functions and the effects every policy knows, as the box has them.
  static let forTests: Vocabulary = {
    let whole = ValueType.integer.naturalRange
    let functions = [
      FunctionDefinition(
        name: "abs", summary: "without its sign", parameters: [.init("amount", .money)],
        result: .init("result", .money, range: ValueRange(0, Money.largest.nano)), example: ("abs(-$3)", "$3.00"),
        body: { Swift.abs($0[0]) }),
      FunctionDefinition(
        name: "hour_of_day", summary: "from 0 to 23", parameters: [.init("time", .time)],
        result: .init("hour", .integer, range: ValueRange(0, 23)), example: ("hour_of_day(2026-01-31)", "0"),
        body: { $0[0] / 3_600_000_000 % 24 }),
      FunctionDefinition(
        name: "small", summary: "a number of one digit",
        parameters: [.init("number", .integer, range: ValueRange(0, 9))],
        result: .init("result", .integer, range: whole), example: ("small(3)", "3"), body: { $0[0] }),
      .addBusinessDays,
    ]
    return Vocabulary(
      functions: functions, effects: EffectDefinition.forTests, offeredElsewhere: ["charge_fee": "fees"])
  }()
}

/// The declarations that the rows of these tests read.
enum Fixture {
  static let text = """
    policy wallet "Money put in, money spent."
    setting on_now : bool = on
    setting ceiling : money = $5
    setting roof : money or none = none
    setting wall : money or none = none
    setting seats : integer = 3
    setting used : tokens = 10 tokens
    setting listed : rate = $2.50 per 1M tokens
    setting special : rate or none = none
    setting share : ratio = 4/5
    setting started : time or none = none
    setting pause : duration = 2 hours
    setting plan : free | pro | team = free
    setting next_plan : free | pro | team or none = none
    setting model : name or none = none
    setting key_limit : money or none = none per key
    denial broke 402 rank 90 "No money"
    denial over 402 rank 80 "Over the limit"
    bucket quota draw 5 resets each month to ceiling else over
    bucket balance draw 10 keeps lots else broke
    meter spent = sum of payments each month
    meter calls = count of request ever
    meter key_spent = sum of payments ever per key
    table price by model: name gives input: rate, cached: rate or none, output: rate
      row "small" -> $1 per 1M tokens, none, $2 per 1M tokens
      row "large" -> $3 per 1M tokens, $1 per 1M tokens, $9 per 1M tokens
    table band by amount: money gives level: low | fine
      row < $5 -> low
      row >= $5 -> fine
    event request "a call"
      key: key or none
      model: name
      cost: money in $0..$1000
      input: tokens in 0 tokens..1G tokens
      tip: money or none in $0..$10
    event topup "money is added"
      amount: money in $0..$10_000
    cycle from started
    on request rule charge pay request.cost
    on topup rule add credit topup.amount to balance
    let roof_is_set = roof is set
    let raw = request.input * listed
    let rounded = round up (raw)
    let doubled_tip = if request.tip is set then 2 * request.tip else $0

    """

  static func with(_ declarations: String) -> CheckedRules { CheckedRules(text + declarations + "\n") }
}
