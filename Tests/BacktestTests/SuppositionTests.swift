import Backtest
import Engine
import Lab
import Language
import Standard
import Testing

/// What is supposed besides other rules, on cases that can be worked out by hand.
///
/// gpt-4o costs $2.50 / $1.25 cached / $10 per million tokens, gpt-4o-mini $0.15 / $0.075 / $0.60.
@Suite("What is supposed of usage, beginnings and plans")
struct SuppositionTests {
  static let known = KnownRules()

  static var reading: CandidateReading {
    var reading = CandidateReading(vocabulary: StandardPlugin.vocabulary, current: Stage.texts)
    reading.known = known
    return reading
  }
  /// 2026-10-01
  static let start: Int64 = 1_790_812_800_000_000
  static let day: Int64 = 86_400_000_000

  static func occurrence(
    _ kind: String, _ account: String, _ id: String, at time: Int64 = start, _ values: [String: EventCall.Value]
  ) throws -> Occurrence {
    let program = Stage.current.engine.program
    let index = try #require(program.events.firstIndex { $0.name == kind })
    let event = program.events[index]
    let fields = event.fields.prefix(event.givenCount).map { field in
      values[field.name] ?? .number(field.type.isOptional ? ValueType.none : field.value ?? 0)
    }
    return Occurrence(
      account: account, at: time, .event(EventCall(event: index, id: id, at: time, fields: fields)))
  }

  static func request(
    _ account: String, _ id: String, _ model: String, _ input: Int64, _ output: Int64, at time: Int64 = start,
    cached: Int64 = 0, costing: Int64 = ValueType.none
  ) throws -> Occurrence {
    try occurrence(
      "request", account, id, at: time,
      [
        "key": .text("main"), "model": .text(model), "input": .number(input), "output": .number(output),
        "cached": .number(cached), "costing": .number(costing),
      ])
  }

  /// One request of 1,000 tokens in and 1,000 out by ada, two by bob.
  static func small() throws -> [Occurrence] {
    [
      Occurrence(account: "ada", at: start, .key("main")), Occurrence(account: "bob", at: start, .key("main")),
      try request("ada", "a1", "gpt-4o", 1_000, 1_000), try request("bob", "b1", "gpt-4o-mini", 1_000, 1_000),
      try request("bob", "b2", "gpt-4o", 1_001, 100, cached: 1, costing: 5_000_000),
    ]
  }

  static func run(
    _ names: [String], over occurrences: [Occurrence], given: [String] = ["balance is $20"]
  ) throws -> BacktestResult {
    let candidates = try names.map { try reading.candidate($0) }
    let openings = try GivenOpenings(given, at: start, for: candidates)
    let traffic = ListedTraffic(name: "a list", program: candidates[0].engine.program, occurrences) { _, candidate in
      openings.opening(under: candidate)
    }
    return try Comparison.run(candidates, over: traffic)
  }

  /// What is charged to both accounts under a name, and how many events it changes.
  struct Charge: Sendable, CustomTestStringConvertible {
    var name: String
    var ada: Int64
    var bob: Int64
    var changed: Int

    init(_ name: String, _ ada: Int64, _ bob: Int64, _ changed: Int) {
      (self.name, self.ada, self.bob, self.changed) = (name, ada, bob, changed)
    }

    var testDescription: String { name }
  }

  static let charges: [Charge] = [
    // $0.0125 of ada; bob: $0.00075, and $0.005 that the second request says itself.
    Charge("current", 12_500_000, 5_750_000, 0),
    Charge("model is gpt-4o-mini", 750_000, 5_750_000, 2),
    Charge("model is \"gpt-4o-mini\"", 750_000, 5_750_000, 2),
    Charge("request.model is gpt-4o-mini where account is bob", 12_500_000, 5_750_000, 1),
    Charge("model is gpt-4o-mini where model is gpt-4o and account is not bob", 750_000, 5_750_000, 1),
    Charge("model is gpt-4o where model is gpt-4o-mini", 12_500_000, 17_500_000, 1),
    Charge("output at most 500", 7_500_000, 5_450_000, 2),
    Charge("output at most 500 tokens where output at least 1001", 12_500_000, 5_750_000, 0),
    Charge("output is 0", 2_500_000, 5_150_000, 3),
    // 600 of 1,000; of 1,001 it is 600 as well.
    Charge("cached at least 60% of input", 11_750_000, 5_704_000 + 2_000, 3),
    Charge("cached is 3/5 of input", 11_750_000, 5_706_000, 3),
    Charge("cached at most 0", 12_500_000, 5_750_000, 1),
    Charge("costing is none", 12_500_000, 750_000 + 3_502_000, 1),
    Charge("costing is $0.01", 10_000_000, 20_000_000, 3),
    Charge("output is 200% of output", 22_500_000, 6_350_000, 3),
    Charge("model is gpt-4o, output at most 500, cached at least 60% of input", 6_750_000, 6_750_000 + 5_000_000, 3),
    // In the order written.
    Charge("output is 300, output at least 400", 6_500_000, 150_000 + 240_000 + 5_000_000, 3),
    Charge("output at least 400, output is 300", 5_500_000, 150_000 + 180_000 + 5_000_000, 3),
    Charge("never request where account is bob", 12_500_000, 0, 2),
    Charge("never request", 0, 0, 3),
  ]

  @Test(
    "what is charged for a small history",
    arguments: charges)
  func charged(charge: Charge) throws {
    let (name, ada, bob, changed) = (charge.name, charge.ada, charge.bob, charge.changed)
    let result = try Self.run(["never request", name], over: Self.small())
    #expect(result.candidates[1].changedEvents == changed, "\(name)")
    #expect(result.candidates[1].name == name)
    let accounts = Dictionary(uniqueKeysWithValues: result.comparisons[0].accounts.map { ($0.account, $0.b.charged) })
    #expect(accounts["ada", default: 0] == ada, "\(name)")
    #expect(accounts["bob", default: 0] == bob, "\(name)")
    #expect(result.candidates[1].money.charged == ada + bob)
    // What never came is compared with nothing.
    #expect(result.comparisons[0].differing == 0)
  }

  @Test("events that state an amount are told of, and so are changes of nothing")
  func notes() throws {
    let result = try Self.run(
      ["current", "model is gpt-4o-mini", "model is gpt-4o where account is eve"], over: Self.small())
    #expect(
      result.notes == [
        "`model is gpt-4o-mini`: request.costing stays as it was, and 1 changed event had one",
        "`model is gpt-4o where account is eve` changes no event",
      ])
    #expect(!result.comparisons[1].rows.contains { $0.change != .paidDiffers } && result.comparisons[1].differing == 0)
  }

  @Test("a reform of one line and usage in one name, and reforms in the order written")
  func together() throws {
    let names = [
      "current", "pricing.rounding default nano, output at most 333", "pricing.rounding default nano",
      "current, output at most 333", "output at most 333, current+pricing.rounding default nano",
    ]
    let result = try Self.run(Array(names.prefix(4)), over: Self.small())
    #expect(result.candidates[1].hash == result.candidates[2].hash && result.candidates[3].hash == Stage.current.hash)
    #expect(result.comparisons.map { $0.changedRules.map(\.name) } == [["pricing.rounding"], ["pricing.rounding"], []])
    #expect(result.comparisons[0].changedRules.map(\.place) == ["as written"])
    // $2.50 × 1,000 + $10 × 333, to the nano-dollar.
    #expect(result.comparisons[0].accounts.first { $0.account == "ada" }?.b.charged == 5_830_000)
    #expect(throws: (any Error).self) { try Self.reading.candidate(names[4]) }
  }

  @Test("an account begins with lines of a scenario, and a fee is for each month begun")
  func beginnings() throws {
    // Quota $0.01 covers the first request in part: it costs $0.0125, at 4/5 $0.01.
    let requests = try [0, 20, 31, 61].map { days in
      try Self.request("ada", "r\(days)", "gpt-4o", 1_000, 1_000, at: Self.start + Int64(days) * Self.day)
    }
    let traffic = [Occurrence(account: "ada", at: Self.start, .key("main"))] + requests
    let result = try Self.run(
      [
        "first cancel", "first subscribe quota $0.01 rate 4/5, first fallback.enabled on, fee $16 each month",
        "first subscribe quota $0.01, rate 4/5, first set fallback.enabled to on", "first balance is $0.02",
      ], over: traffic)
    let ada = try #require(result.comparisons[0].accounts.first)
    #expect(ada.a.charged == 4 * 12_500_000 && ada.a.quota == 0)
    // Cycles begin on the 1st: two requests share the first one's quota.
    #expect(ada.b.quota == 3 * 10_000_000 && ada.b.charged == 12_500_000)
    #expect(ada.b.fees == 3 * 16_000_000_000)
    #expect(ada.b.pays == 12_500_000 + 48_000_000_000 && ada.pays == 48_000_000_000 - 37_500_000)
    #expect(result.comparisons[1].accounts.first?.b.fees == 0)
    #expect(result.comparisons[1].accounts.first?.b.charged == 12_500_000)
    #expect(result.comparisons[2].accounts.first?.b.charged == 12_500_000)
    #expect(result.candidates[3].count(.denied) == 3)
    // What somebody begins with is nothing that moved in the period.
    #expect(result.candidates.allSatisfy { $0.money.granted == 0 && $0.money.adjusted == 0 && $0.money.paidIn == 0 })
    #expect(
      result.notes.contains(
        "a plan's fee is for each month from an account's first day in the traffic on, begun ones whole"))
  }

  @Test("what accounts do in the period happens again, unless it never does")
  func again() throws {
    let subscribe = try Self.occurrence(
      "subscribe", "ada", "s1", at: Self.start + 1, ["quota": .number(5_000_000), "rate": .number(1 << 32 | 1)])
    let traffic = [
      Occurrence(account: "ada", at: Self.start, .key("main")), subscribe,
      try Self.request("ada", "a1", "gpt-4o", 1_000, 1_000, at: Self.start + 2),
    ]
    let given = ["balance is $20, fallback.enabled on"]
    let kept = try Self.run(["first cancel", "first subscribe quota $20"], over: traffic, given: given)
    #expect(kept.candidates.map(\.money.quota) == [5_000_000, 5_000_000])
    #expect(
      kept.notes.contains {
        $0.contains("in the period they do what they did: subscribe 1 time (without it: never subscribe)")
      })
    let without = try Self.run(
      ["first cancel, never subscribe", "first subscribe quota $20, never subscribe"], over: traffic, given: given)
    #expect(without.candidates.map(\.money.quota) == [0, 12_500_000])
    #expect(without.candidates.map(\.changedEvents) == [1, 1])
    #expect(without.notes.contains("whatever accounts begin with, in the period they do what they did"))
  }

  @Test("an account that cannot begin so goes on as it was, and is counted")
  func refused() throws {
    let result = try Self.run(["current", "first topup $20"], over: Self.small())
    #expect(result.comparisons[0].differing == 0 && result.comparisons[0].accountsTouched == 0)
    #expect(
      result.notes.contains(
        "`first topup $20`: 2 accounts cannot begin so: first topup $20: denied with no_card by topup.with_a_card"))
  }

  @Test("another model changes the price that a hold pins, and the settled output is another event's")
  func holds() throws {
    let hold = try Self.occurrence(
      "hold", "ada", "h1",
      [
        "key": .text("main"), "model": .text("gpt-4o"), "input": .number(1_000), "max_output": .number(2_000),
        "ttl": .number(3_600_000_000),
      ])
    let settle = try Self.occurrence(
      "settle", "ada", "h1-end", ["hold": .text("h1"), "input": .number(1_000), "output": .number(1_000)])
    let traffic = [Occurrence(account: "ada", at: Self.start, .key("main")), hold, settle]
    let result = try Self.run(["current", "model is gpt-4o-mini", "output at most 500"], over: traffic)
    #expect(result.candidates.map(\.money.charged) == [12_500_000, 750_000, 7_500_000])
    #expect(result.candidates.map(\.changedEvents) == [0, 1, 1])
    #expect(result.notes == ["`output at most 500` changes settle, and what that ends reserved what it did"])
  }

  // MARK: - Mistakes

  /// What is wrong with a text, where, and what is said to help.
  struct Slip: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String
    var place: String
    var help: String

    init(_ text: String, _ message: String, _ place: String, _ help: String) {
      (self.text, self.message, self.place, self.help) = (text, message, place, help)
    }

    var testDescription: String { text }
  }

  static let slips: [Slip] = [
    Slip("modle is gpt-4o", "no event has a field `modle`", "modle", "did you mean `model`?"),
    Slip("reqest.model is gpt-4o", "there is no event `reqest`", "reqest.model", "did you mean `request.model`?"),
    Slip("request.modle is gpt-4o", "`request` has no field `modle`", "request.modle", "did you mean `request.model`?"),
    Slip(
      "output is 5, model is gpt-4o-mni", "no row of `pricing.price` is about `gpt-4o-mni`", "gpt-4o-mni",
      "did you mean `gpt-4o-mini`?"),
    Slip("output at most $5", "expected tokens, found money", "$5", "write a number of tokens, such as `100 tokens`"),
    Slip(
      "output at most 2G tokens", "`request.output` is from 0 tokens to 1,000,000,000 tokens", "2G tokens",
      "write a value within that"
    ),
    Slip("output is", "nothing stands behind `is`", "is", "output is 500"),
    Slip("output is none", "`output` cannot be none", "none", "write a value: output is …"),
    Slip(
      "request.cost is $5", "`request.cost` is computed by the rules", "request.cost",
      "change the fields it is computed from, or the rules with a reform"),
    Slip(
      "key is main", "`key` says what an event is about, which stays as it was", "key",
      "choose events by it instead: output at most 500 where key is NAME"),
    Slip(
      "model at most gpt-4o", "`model` is no amount, so it is neither more nor less than another", "model",
      "model is NAME"),
    Slip(
      "model is not gpt-4o", "`is not` does not say what it is instead", "not",
      "it stands behind `where`: model is … where model is not …"),
    Slip(
      "cached at least 60% of costing", "`settle` has no field `costing`", "costing",
      "its fields are `hold`, `input`, `cached`, `output`, `actual`"),
    Slip(
      "request.cached at least 60% of costing", "`cached` is no share of `costing`", "60% of costing",
      "both have to be amounts of one unit: cached at least 60% of input"
    ),
    Slip("output is 5,, fee $1 each month", "nothing stands beside this comma", ",", "leave the comma out"),
    Slip("output at leats 5", "`output` is `at most` or `at least` something", "at leats 5", "output at most 5"),
    Slip(
      "model gpt-4o", "`model gpt-4o` is neither a policy nor anything that can be supposed", "model gpt-4o",
      "for a field of an event: model is gpt-4o"),
    Slip(
      "output is 5 where account bob", "a condition is missing", "account", "where account is NAME and model is NAME"),
    Slip(
      "output is 5 where approved_by is mia", "`approved_by` is no field of `request` or `settle`", "approved_by",
      "where account is NAME and model is NAME"),
    Slip("never subscibe", "there is no event `subscibe`", "subscibe", "did you mean `never subscribe`?"),
    Slip(
      "never subscribe ever", "an event never comes, or never `where` something is so", "ever",
      "never subscribe where account is NAME"),
    Slip("fee $5", "a fee is an amount for each month", "fee $5", "fee $20 each month"),
    Slip("fee $5 each week", "a fee is for each month", "each week", "fee $20 each month"),
    Slip("fee $5 each month, fee $6 each month", "a plan has one fee", "fee $6 each month", "leave one of the two out"),
    Slip(
      "first fallback.enabeld on", "unknown name `fallback.enabeld`", "fallback.enabeld on",
      "did you mean `fallback.enabled`?"),
    Slip("first subscribe qota $20", "`subscribe` has no field `qota`", "subscribe qota $20", "did you mean `quota`?"),
    Slip(
      "first pricing.rounding up", "`pricing.rounding` serves all accounts", "pricing.rounding up",
      "pricing.rounding default up"),
    Slip(
      "current, rules", "`current` and `rules` are two policies", "rules",
      "reforms are laid over a policy with +: current+rules"),
    Slip(
      "limits.cycle_limit at least $5", "`limits.cycle_limit` is a cap: it says at most", "least",
      "limits.cycle_limit at most $5"),
  ]

  @Test(
    "what cannot be understood is underlined, with what to write",
    arguments: slips)
  func mistakes(slip: Slip) {
    let (text, message, place, help) = (slip.text, slip.message, slip.place, slip.help)
    #expect {
      _ = try Self.reading.candidate(text)
    } throws: { error in
      guard case BacktestFault.words(let said, let written, let range, let helped)? = error as? BacktestFault else {
        Issue.record("\(text): \(error)")
        return false
      }
      let underlined = String(decoding: Array(written.utf8)[range], as: UTF8.self)
      #expect(
        said == message && underlined == place && helped == help, "\(text): \(said) at \(underlined): \(helped ?? "")")
      #expect(written == text)
      return said == message && underlined == place && helped == help
    }
  }

  @Test("junk is a fault, never a trap")
  func junk() {
    var texts = [
      ",", "'", "\"", "first", "first ,", "never", "fee", "where", "is is is", "a.b.c is 5", ". is 5", "model is",
      "model is where",
    ]
    texts += [
      "output is 9999999999999999999999", "cached is 99999999999/1 of input", "cached is -1/2 of input",
      "output is 1/0 of input",
    ]
    texts += [
      "model is gpt-4o where", "model is gpt-4o where and", "output at most 5 where output at", "((((", "first (((",
      "fee fee each month",
    ]
    texts += [
      String(repeating: "(", count: 100_000), String(repeating: "model is gpt-4o,", count: 3), "first \u{0}",
      "first k\u{301}",
    ]
    texts += [
      "output is \(String(repeating: "9", count: 10_000))",
      "first request model \"\(String(repeating: "x", count: 100_000))\"",
    ]
    for text in texts {
      #expect(throws: (any Error).self, "\(text.prefix(40))") { try Self.reading.candidate(text) }
    }
  }

  @Test("a cap may be written as what it says at most, and a policy is none of usage")
  func caps() throws {
    let cap = try Self.reading.candidate("limits.cycle_limit at most $5")
    #expect(try cap.hash == Self.reading.candidate("limits.cycle_limit at $5").hash && cap.supposition.isNothing)
    #expect(throws: BacktestFault.self) { try Self.reading.texts("model is gpt-4o") }
    #expect(try Self.reading.texts("limits.cycle_limit at $5").hash == cap.hash)
  }

  @Test("what each account pays, with a name that would be a command elsewhere, and where nobody pays otherwise")
  func accounts() throws {
    var result = try Self.run(["current", "model is gpt-4o-mini"], over: Self.small())
    let text = AccountsReport(result).text()
    #expect(text.contains("  ada       $0.0125   $0.00075   -$0.01175\n"), "\(text)")
    result.comparisons[0].accounts[0].account = "=1+1\u{1B}[2J"
    #expect(!AccountsReport(result).text().utf8.contains(0x1B))
    #expect(AccountsReport(result).csv.contains(",'=1+1"))
    let same = AccountsReport(try Self.run(["current", "model is gpt-4o where account is eve"], over: Self.small()))
    #expect(same.text().contains("every account pays the same"))
    #expect(same.csv.split(separator: "\r\n").count == 1)
  }

  @Test("traffic that has no such field is refused before anything is replayed")
  func otherTraffic() throws {
    var candidate = Stage.current
    candidate.supposition.usage = [UsageChange("colour is 5", field: "colour", .exactly, .value(.number(5)))]
    #expect(throws: BacktestFault.self) {
      try Comparison.run([candidate], over: ListedTraffic(name: "", program: Stage.current.engine.program, []))
    }
  }
}
