import Backtest
import Engine
import Language
import Ledger
import Standard
import Testing

/// Usage changed by what is supposed, against rows that were changed beforehand by hand.
@Suite("Supposed usage is the same as other rows")
struct UsagePropertyTests {
  static let rows: [Occurrence] = {
    do {
      let file = try Stage.traffic(["balance is $40"], [Stage.current])
      var all: [Occurrence] = []
      for part in try file.parts() { while let some = try part.next() { all += some } }
      return all
    } catch {
      fatalError("\(error)")
    }
  }()

  static func place(_ field: String) -> Int {
    let program = Stage.current.engine.program
    return program.events.first { $0.name == "request" }?.fields.firstIndex { $0.name == field } ?? 0
  }

  /// A request as plain numbers.
  struct Row {
    var account: String
    var model: String
    var input: Int
    var cached: Int
    var output: Int
  }

  static let models = ["gpt-4o-mini", "gpt-4o", "claude-opus-4-5", "claude-sonnet-4-5-20250929"]
  static let accounts = ["lark", "ember", "birch", "nobody"]

  /// Words, and what they mean written a second time.
  static func clause(_ dice: inout Dice) -> (String, (inout Row) -> Void) {
    var text: String
    let change: (inout Row) -> Void
    let number = [0, 1, 7, 100, 500, 5_000, 200_000][dice.below(7)]
    let (top, bottom) = (dice.below(5), 1 + dice.below(5))
    switch dice.below(7) {
    case 0:
      let model = dice.pick(models)
      (text, change) = ("model is \(model)", { $0.model = model })
    case 1: (text, change) = ("output at most \(number)", { $0.output = min($0.output, number) })
    case 2: (text, change) = ("request.output at least \(number) tokens", { $0.output = max($0.output, number) })
    case 3:
      (text, change) = (
        "cached at least \(top)/\(bottom) of input", { $0.cached = max($0.cached, $0.input * top / bottom) }
      )
    case 4: (text, change) = ("cached is \(20 * top)% of input", { $0.cached = $0.input * 20 * top / 100 })
    case 5: (text, change) = ("input is \(number)", { $0.input = number })
    default: (text, change) = ("output is \(50 * top)% of cached", { $0.output = $0.cached * 50 * top / 100 })
    }
    var conditions: [(String, (Row) -> Bool)] = []
    for _ in 0..<dice.below(3) {
      let (model, account) = (dice.pick(models), dice.pick(accounts))
      switch dice.below(5) {
      case 0: conditions.append(("account is \(account)", { $0.account == account }))
      case 1: conditions.append(("account is not \(account)", { $0.account != account }))
      case 2: conditions.append(("model is not \(model)", { $0.model != model }))
      case 3: conditions.append(("output at least \(number)", { $0.output >= number }))
      default: conditions.append(("input at most \(number)", { $0.input <= number }))
      }
    }
    if !conditions.isEmpty { text += " where " + conditions.map(\.0).joined(separator: " and ") }
    return (text, { row in if conditions.allSatisfy({ $0.1(row) }) { change(&row) } })
  }

  static func changed(_ rows: [Occurrence], _ change: (inout Row) -> Void) -> (rows: [Occurrence], count: Int) {
    let (model, input, cached, output) = (place("model"), place("input"), place("cached"), place("output"))
    var count = 0
    let all = rows.map { occurrence in
      guard case .event(var call, let said) = occurrence.deed, case .number(let before) = call.fields[input],
        case .number(let cache) = call.fields[cached], case .number(let after) = call.fields[output],
        case .text(let name) = call.fields[model]
      else { return occurrence }
      let old = call.fields
      var row = Row(
        account: occurrence.account, model: name, input: Int(before), cached: Int(cache), output: Int(after))
      change(&row)
      call.fields[model] = .text(row.model)
      call.fields[input] = .number(Int64(row.input))
      call.fields[cached] = .number(Int64(row.cached))
      call.fields[output] = .number(Int64(row.output))
      if call.fields != old { count += 1 }
      return Occurrence(account: occurrence.account, at: occurrence.at, .event(call, said: said))
    }
    return (all, count)
  }

  static func run(_ candidates: [Candidate], _ rows: [Occurrence]) throws -> BacktestResult {
    let openings = try GivenOpenings(
      ["balance is $15, plan_quota $5, subscription_start 2026-09-20, fallback.enabled on"],
      at: SuppositionTests.start, for: candidates)
    let traffic = ListedTraffic(name: "rows", program: Stage.current.engine.program, rows) { _, candidate in
      openings.opening(under: candidate)
    }
    return try Comparison.run(candidates, over: traffic)
  }

  @Test("random changes with random conditions, one after another", arguments: [20_261_124, 7, 99, 4_242])
  func same(seed: UInt64) throws {
    var dice = Dice(seed)
    let reading = SuppositionTests.reading
    for _ in 0..<4 {
      let clauses = (0...dice.below(3)).map { _ in Self.clause(&dice) }
      let text = clauses.map(\.0).joined(separator: ", ")
      let (rows, count) = Self.changed(Self.rows) { row in for clause in clauses { clause.1(&row) } }
      let supposed = try Self.run([try reading.candidate(text)], Self.rows)
      let rewritten = try Self.run([Stage.current], rows)
      #expect(supposed.candidates[0].changedEvents == count, "seed \(seed): \(text)")
      #expect(supposed.candidates[0].money == rewritten.candidates[0].money, "seed \(seed): \(text)")
      #expect(supposed.candidates[0].verdicts == rewritten.candidates[0].verdicts, "seed \(seed): \(text)")
      #expect(supposed.candidates[0].days == rewritten.candidates[0].days, "seed \(seed): \(text)")
      #expect(
        supposed.candidates[0].denials.map { "\($0)" } == rewritten.candidates[0].denials.map { "\($0)" },
        "seed \(seed): \(text)")
    }
  }
}
