import Diagnostics
import Testing
import Values

@testable import Language

/// Conditions with hand-made answers.
@Suite struct FeasibilityTests {
  static let facts = """
    policy p "Facts to ask about."
    setting on_sale : bool = off
    setting tier : free | pro | team = free
    setting ceiling : money or none = none
    setting floor : money = $5
    setting share : ratio = 1/2
    setting since : time or none = none
    setting owner : name or none = none
    setting n : integer = 0
    setting m : integer = 0
    setting k : integer = 0
    let half_open = on_sale or tier is team
    let least = min(n, m)
    let bound = if on_sale then n + 1 else m - 1
    bucket balance draw 10 else broke
    denial broke 402 rank 90 "No money"
    table band unique by amount: money gives level: low | fine | high
      row < $5           -> low
      row $5 to below $20 -> fine
      row >= $20         -> high
    table pick first by tier: free | pro | team, n: integer gives value: integer
      row free, any -> 1
      row any, > 5  -> 2
      row pro, any  -> 3
    meter spent = sum of payments each month
    event request "a call"
      cost: money in $0..$50
      tokens: tokens in 0 tokens..100 tokens
    derive request.large = request.cost > $10
    on request rule charge pay request.cost
    """

  /// `never`, `unknown`, or the witness in the author's terms.
  static let rows: [(condition: String, answer: String)] = [
    // Comparisons and ranges.
    ("n > 3 and n < 5", "p.n = 4"),
    ("n > 3 and n < 4", "never"),
    ("n > 10", "never"),
    ("n >= 10", "p.n = 10"),
    ("n = 3 and n != 3", "never"),
    ("floor < $0", "never"),
    ("balance < floor and balance >= floor", "never"),
    ("balance < floor and floor <= $0", "balance = -$1 and p.floor = $0"),
    ("n < m and m < k and k < n", "never"),
    ("n + m > 19 and n != m", "never"),
    ("n + m > 18 and n != m", "p.n = 9 and p.m = 10"),
    ("2 * n = 2 * m + 1", "never"),
    ("2 * n = 3 * m and n > 0 and m > 0", "p.n = 3 and p.m = 2"),
    ("n - m = m - n and n > m", "never"),
    ("balance - floor >= $5 and balance <= floor + $4", "never"),
    ("balance - floor >= $5 and balance <= floor + $5", "balance = $10 and p.floor = $5"),
    ("n < m and m <= n + 1 and n = m - 1 and n > 5", "p.n = 6 and p.m = 7"),
    // Booleans and enums.
    ("on_sale and not on_sale", "never"),
    ("on_sale = off", "p.on_sale is off"),
    ("half_open and not on_sale and tier is not team", "never"),
    ("half_open and not on_sale", "p.half_open is on and p.on_sale is off"),
    ("tier is free and tier is pro", "never"),
    ("tier is not free and tier is not pro and tier is not team", "never"),
    ("tier is not free and tier is not pro", "p.tier is team"),
    ("(n > 0) = (m > 0) and n > 0 and m < 0", "never"),
    ("not (n > 3 or m > 3) and n + m > 6", "never"),
    ("not (n > 3 and m > 3) and n > 3", "p.n = 4 and p.m = 0"),
    // Optionals.
    ("ceiling is none and ceiling is set", "never"),
    ("ceiling is set and ceiling < $0", "p.ceiling = -$1"),
    ("ceiling is $5 and ceiling is none", "never"),
    ("ceiling is $5 and ceiling is $6", "never"),
    ("ceiling is not $0", "p.ceiling is none"),
    ("ceiling is set and ceiling is not $0 and ceiling >= $0 and ceiling < $0.000000001", "never"),
    ("owner is \"a\" and owner is \"b\"", "never"),
    ("owner is \"a\"", "p.owner is \"a\""),
    ("owner is set and owner is not \"a\"", "p.owner is a name no table lists"),
    ("since is set and since > now and since < now", "never"),
    ("last request is set and last request > now", "never"),
    ("since is set and now - since >= 1 hour and now - since < 59 minutes", "never"),
    ("balance.available > $5 and balance < $5", "never"),
    ("balance.available > $5 and balance < $7 and balance.held > $2", "never"),
    ("balance.available = $0 and balance > $5", "balance.available = $0 and balance = $6"),
    // Choices inside values.
    ("min(n, m) > 3 and n < 3", "never"),
    ("least > 3 and n < 3", "never"),
    ("max(n, m) < 3 and n > 3", "never"),
    ("max(n, m) = 4 and n < 4", "p.n = 0 and p.m = 4"),
    ("(if on_sale then n else m) > 3 and n < 0 and m < 0", "never"),
    ("bound > 3 and on_sale and n < 3", "never"),
    ("bound > 3 and not on_sale and m < 5", "never"),
    ("bound > 3 and not on_sale and n < 3", "p.bound = 4, p.on_sale is off and p.n = 0"),
    // Tables.
    ("band(balance) is low and balance > $5", "never"),
    ("band(balance) is low and band(balance) is fine", "never"),
    ("band(balance) is fine", "balance = $5"),
    ("band(balance) is high and previous band(balance) is high and previous balance < $3", "never"),
    ("pick(tier, n) is 2 and tier is free", "never"),
    ("pick(tier, n) is 3 and n > 5", "never"),
    ("pick(tier, n) is 3", "p.tier is pro and p.n = 0"),
    ("pick(tier, n) is none and tier is not team", "never"),
    ("pick(tier, n) is none", "p.tier is team and p.n = 0"),
    // Ratios.
    ("share < 1/2 and share >= 1/2", "never"),
    ("share < 1/2", "p.share = 0/1"),
    ("share > 1/2 and share < 2/3", "p.share = 3/5"),
    // Derived fields are looked into only where it matters.
    ("request.large and request.cost < $5", "never"),
    ("request.large and request.cost < $12", "request.large is on and request.cost = $11"),
    // Opaque parts are numbers of their range, the same one each time.
    ("round up to 1 cent (floor * share) > $5 and round up to 1 cent (floor * share) < $5", "never"),
    ("(round up to 1 cent (floor * 1/2)) > $1000", "never"),
    ("(round up to 1 cent (floor * 1/2)) = $2.50", "p.floor = $5"),
  ]

  /// The ranges of `floor`, `n`, `m` and `k`.
  static func narrowed(_ checked: Program) -> Program {
    var program = checked
    let ranges = [
      "p.floor": ValueRange(0, 100_000_000_000), "p.n": ValueRange(-10, 10), "p.m": ValueRange(-10, 10),
      "p.k": ValueRange(0, 3),
    ]
    for index in program.settings.indices {
      if let range = ranges[program.settings[index].name] { program.settings[index].range = range }
    }
    return program
  }

  @Test func answersOfHand() throws {
    let analysed = AnalysedText(FeasibilityTests.facts)
    #expect(!analysed.mistakes.contains { $0.severity == .error }, "\(analysed.rendered)")
    for row in FeasibilityTests.rows {
      let answer = FeasibilityTests.answer(row.condition, in: FeasibilityTests.narrowed(analysed.program))
      #expect(answer == row.answer, "\(row.condition)")
    }
  }

  /// Questions about divisors over long ranges may stay open; what can hold is never called impossible.
  @Test func neverSaysImpossibleOfWhatHolds() {
    let program = AnalysedText(FeasibilityTests.facts).program
    for condition in ["3 * n = 5 * m + 1", "7 * n + 5 * m = 1 and n > 3 * m + 100", "100003 * n = 100019 * m + 7"] {
      #expect(FeasibilityTests.answer(condition, in: program) != "never", "\(condition)")
    }
  }

  static func answer(_ text: String, in checked: Program) -> String {
    var program = checked
    let number = program.sources.add(Source(name: "condition", text: text))
    let (syntax, mistakes) = Parser.parseExpression(source: number, in: program.sources)
    let event = program.events.firstIndex { $0.name == "request" }
    let (expr, more) = Checker.checkExpression(syntax, in: program, policy: "p", event: event)
    guard let expr, mistakes.isEmpty else {
      let renderer = Renderer(sources: program.sources)
      return (mistakes + more).map(renderer.render).joined()
    }
    program.names["a"] = program.names["a"] ?? 0
    program.names["b"] = program.names["b"] ?? 1
    switch Feasibility(program).ask([.init(expr)]) {
    case .impossible: return "never"
    case .unknown: return "unknown"
    case .possible(let witness): return AuthorTerms(program).text(witness, for: [expr], event: event)
    }
  }
}
